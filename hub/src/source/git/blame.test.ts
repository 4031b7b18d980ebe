import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CommitId, RoadsteadError } from '@roadstead/proto'
import { initRepository, temporaryDirectory } from '@roadstead/test/harness'
import { startSource } from '../testing.ts'

test('a line is the work of the commit that wrote it last, as of the commit that is asked about', async () => {
  using directory = temporaryDirectory('blame')
  await using server = await startSource({ directory: `${directory.path}/fleet.git` })
  const work = await initRepository(`${directory.path}/work`)
  await work.git('remote', 'add', 'origin', server.url)
  const first = (await work.commit('Begin\n\nWith a body.', {
    'a/b c.yaml': 'one\ntwo\nthree\n',
  })) as CommitId
  const second = (await work.commit('Change the second line', {
    'a/b c.yaml': 'zero\none\n2\nthree\n',
  })) as CommitId
  assert.equal((await work.push()).code, 0)

  const blame = (commit: CommitId, lines: number[]) =>
    server.source.blame({ commit, file: 'a/b c.yaml', lines })
  const now = await blame(second, [4, 3, 3])
  assert.deepEqual(
    [...now].map(([line, { id, author, summary }]) => [line, id, author, summary]),
    [
      [3, second, 'Ada Fleet', 'Change the second line'],
      [4, first, 'Ada Fleet', 'Begin'],
    ],
  )
  assert.match(now.get(3)!.authoredAt, /^\d{4}-\d\d-\d\dT.*Z$/)
  assert.equal((await blame(first, [2])).get(2)?.id, first)
  assert.deepEqual(await blame(second, []), new Map())
  await assert.rejects(
    server.source.blame({ commit: second, file: 'none.yaml', lines: [1] }),
    (error) =>
      error instanceof RoadsteadError && error.code === 'unavailable' && /none\.yaml/.test(error.message),
  )
})
