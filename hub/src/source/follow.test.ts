import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initRepository, temporaryDirectory, until } from '@roadstead/test/harness'
import { smallFleet, startSource } from './testing.ts'

const pollMs = 3_600_000

/** A remote, itself served by a source, with a clone to push from; and a source that follows it. */
async function setUp() {
  const directory = temporaryDirectory('follow')
  const remote = await startSource({ directory: `${directory.path}/remote.git` })
  const work = await initRepository(`${directory.path}/work`)
  await work.git('remote', 'add', 'origin', remote.url)
  const first = await work.commit('first', smallFleet)
  await work.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main')
  const hub = await startSource({
    directory: `${directory.path}/hub.git`,
    remote: { url: remote.url, username: 'git', password: 'secret', pollMs },
  })
  const headIs = (id: string) =>
    until(async () => (await hub.source.head())?.commit.id === id, { message: `the hub is at ${id}` })
  return {
    remote,
    hub,
    work,
    first,
    headIs,
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]()
      await remote[Symbol.asyncDispose]()
      directory.remove()
    },
  }
}

test('a remote is fetched at the start, and again when somebody says that it moved', async () => {
  await using setting = await setUp()
  await setting.headIs(setting.first)
  const { source } = setting.hub
  let toldOf: string | undefined
  source.onHead(async () => {
    toldOf = (await source.head())?.commit.id
  })
  const second = await setting.work.commit('second')
  await setting.work.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main')
  source.poke()
  await until(() => toldOf === second, { message: 'the move is told' })
})

test('a remote whose branch was forced is followed', async () => {
  await using setting = await setUp()
  await setting.headIs(setting.first)
  await setting.work.git('commit', '--quiet', '--amend', '-m', 'rewritten')
  const rewritten = await setting.work.git('rev-parse', 'HEAD')
  // The remote here is a source of ours, which would refuse: its repository is told directly.
  const directory = `${setting.work.directory}/../remote.git`
  await setting.work.git('-C', directory, 'fetch', '--quiet', setting.work.directory, '+HEAD:refs/heads/main')
  setting.hub.source.poke()
  await setting.headIs(rewritten)
})

test('a hub that follows a remote takes no push, and says where to push', async () => {
  await using setting = await setUp()
  await setting.headIs(setting.first)
  await setting.work.git('remote', 'set-url', 'origin', setting.hub.url)
  await setting.work.commit('second')
  const { code, stderr } = await setting.work.push()
  assert.notEqual(code, 0)
  assert.match(stderr, /follows another repository/)
})

test("a commit of the hub's own goes to the remote as well", async () => {
  await using setting = await setUp()
  await setting.headIs(setting.first)
  const head = await setting.hub.source.head()
  const made = await setting.hub.source.commitFiles({
    edits: new Map([['README.md', 'hello\n']]),
    message: 'Say hello',
    author: { name: 'Ada', email: 'ada@example.com' },
    expectedHead: head!.commit.id,
  })
  assert.ok(made.accepted)
  assert.equal((await setting.remote.source.head())?.commit.id, made.commit)
  assert.equal((await setting.hub.source.head())?.commit.id, made.commit)
})
