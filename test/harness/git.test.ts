import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cloneRepository, initRepository } from './git.ts'
import { temporaryDirectory } from './temporary.ts'

test('a tree is committed, pushed and cloned', async () => {
  using directory = temporaryDirectory('git')
  const remote = await initRepository(join(directory.path, 'remote.git'), { bare: true })
  const tree = await initRepository(join(directory.path, 'work'))
  await tree.commit('Add two files', { 'fleet.yaml': 'kind: Fleet\n', 'apps/web/app.yaml': 'kind: App\n' })
  const id = await tree.commit('Drop one', { 'fleet.yaml': null })
  await tree.git('remote', 'add', 'origin', remote.directory)
  assert.equal((await tree.push()).code, 0)

  const clone = await cloneRepository(remote.directory, join(directory.path, 'clone'))
  assert.equal(await clone.git('rev-parse', 'HEAD'), id)
  assert.equal(await clone.git('log', '-1', '--format=%an <%ae> %s'), 'Ada Fleet <ada@example.com> Drop one')
  assert.equal(existsSync(join(clone.directory, 'fleet.yaml')), false)
  assert.equal(existsSync(join(clone.directory, 'apps/web/app.yaml')), true)
})

test('a rejected push is a result that carries what the remote said', async () => {
  using directory = temporaryDirectory('git')
  const remote = await initRepository(join(directory.path, 'remote.git'), { bare: true })
  const [one, other] = await Promise.all(
    ['one', 'other'].map((name) => initRepository(join(directory.path, name))),
  )
  for (const tree of [one, other]) {
    await tree?.commit('Begin', { name: tree.directory })
    await tree?.git('remote', 'add', 'origin', remote.directory)
  }
  assert.equal((await one?.push())?.code, 0)
  const rejected = await other?.push()
  assert.equal(rejected?.code, 1)
  assert.match(rejected?.stderr ?? '', /! \[rejected\]/)
  assert.equal((await other?.push({ force: true }))?.code, 0)
})

test('the surroundings of the test do not reach git', async (t) => {
  using directory = temporaryDirectory('git')
  process.env.GIT_DIR = '/no/such/repository'
  t.after(() => delete process.env.GIT_DIR)
  const tree = await initRepository(join(directory.path, 'work'))
  assert.equal(await tree.git('rev-parse', '--is-inside-work-tree'), 'true')
  await assert.rejects(tree.git('config', 'user.name'), /git config user\.name in .* failed with 1/)
})
