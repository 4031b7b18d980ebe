import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cloneRepository, initRepository, temporaryDirectory, until } from '@roadstead/test/harness'
import type { Candidate } from './push.ts'
import { smallFleet, startSource } from './testing.ts'

const accepting = (seen: Candidate[]) => ({
  check: async (candidate: Candidate) => {
    seen.push(candidate)
    return { problems: [], summary: 'all good' }
  },
  refused: async () => {},
})

test('a push is checked before it lands, and says what it means', async () => {
  using directory = temporaryDirectory('push')
  const seen: Candidate[] = []
  await using server = await startSource({ directory: `${directory.path}/fleet.git` }, accepting(seen))
  let heads = 0
  server.source.onHead(() => {
    heads += 1
  })
  const work = await initRepository(`${directory.path}/work`)
  await work.git('remote', 'add', 'origin', server.url)
  const id = await work.commit('first', smallFleet)
  const pushed = await work.push()
  assert.equal(pushed.code, 0, pushed.stderr)
  assert.match(pushed.stderr, new RegExp(`remote: Accepted ${id.slice(0, 10)}: all good`))
  // The client may be through before the server has seen its Git end.
  await until(() => heads > 0, { message: 'the head is told of' })
  assert.equal(heads, 1)

  const [candidate] = seen
  assert.equal(candidate?.commit.authorName, 'Ada Fleet')
  assert.equal(candidate?.commit.message, 'first')
  const head = await server.source.head()
  assert.equal(head?.commit.id, id)
  assert.match(head?.traceparent ?? '', /^00-/)
  const files = await head!.tree.read(['fleet.yaml', 'no/such/file'])
  assert.deepEqual(
    [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]),
    [['fleet.yaml', smallFleet['fleet.yaml']]],
  )

  const clone = await cloneRepository(server.url, `${directory.path}/clone`)
  assert.equal(await clone.git('rev-parse', 'HEAD'), id)
})
