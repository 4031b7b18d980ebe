import assert from 'node:assert/strict'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../test/harness/index.ts'
import { createDiskStore, createMemoryStore, type StateStore } from './disk.ts'

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8')
const stores: readonly [string, () => StateStore][] = [
  ['on disk', () => createDiskStore(temporaryDirectory('state').path)],
  ['in memory', createMemoryStore],
]

for (const [where, create] of stores) {
  test(`a store ${where} gives back what was written last`, async () => {
    const store = create()
    assert.equal(await store.read('apps/web.json'), undefined)
    await Promise.all([1, 2, 3].map((version) => store.write('apps/web.json', `version ${version}`)))
    assert.equal(text(await store.read('apps/web.json')), 'version 3')
    assert.deepEqual(await store.list('apps'), ['web.json'])
    assert.deepEqual(await store.list('nothing'), [])
    await store.remove('apps/web.json')
    await store.remove('apps/web.json')
    assert.deepEqual(await store.list('apps'), [])
  })
}

test('what was left half written is not listed, and only the owner may read the rest', async () => {
  using directory = temporaryDirectory('state')
  const store = createDiskStore(directory.path)
  await store.write('apps/web.json', 'whole')
  writeFileSync(join(directory.path, 'apps/late.json.new'), 'ha')
  assert.deepEqual(await store.list('apps'), ['web.json'])
  assert.equal(statSync(join(directory.path, 'apps/web.json')).mode & 0o077, 0)
  assert.deepEqual(readdirSync(directory.path), ['apps'])
})

test('a full or forbidden disk is an error that can be tried again, and the old bytes stay', async () => {
  using directory = temporaryDirectory('state')
  const store = createDiskStore(directory.path)
  await store.write('name', 'old')
  // A folder where the new file should go can not be written, whoever runs the test.
  await store.write('name.new/in-the-way', 'x')
  await assert.rejects(store.write('name', 'new'), { code: 'unavailable', retry: 'retry' })
  assert.equal(text(await store.read('name')), 'old')
})
