import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cloneRepository, initRepository, temporaryDirectory } from '@roadstead/test/harness'
import { smallFleet, startSource } from './testing.ts'

test('only what smart HTTP needs is served', async () => {
  using directory = temporaryDirectory('http')
  await using server = await startSource({ directory: `${directory.path}/fleet.git` })
  const status = async (path: string, init: RequestInit = {}) =>
    (await fetch(`${server.url}${path}`, init)).status
  assert.equal(await status('/info/refs?service=git-upload-pack'), 200)
  assert.equal(await status('/info/refs'), 404)
  assert.equal(await status('/config'), 404)
  assert.equal(await status('/HEAD'), 404)
  assert.equal(await status('/objects/../config'), 404)
  assert.equal(await status('/info/refs?service=git-upload-archive'), 404)
  assert.equal(await status('/git-upload-pack'), 404)
  assert.equal(await status('/git-upload-pack', { method: 'POST', body: 'nonsense' }), 415)
})

test("a header of Git's answer keeps what stands behind a second colon", async () => {
  using directory = temporaryDirectory('http')
  await using server = await startSource({ directory: `${directory.path}/fleet.git` })
  const { headers } = await fetch(`${server.url}/info/refs?service=git-upload-pack`)
  assert.match(headers.get('expires') ?? '', /^Fri, 01 Jan 1980 \d\d:\d\d:\d\d GMT$/)
})

test('a request whose body Git compressed is understood', async () => {
  using directory = temporaryDirectory('http')
  await using server = await startSource({ directory: `${directory.path}/fleet.git` })
  const work = await initRepository(`${directory.path}/work`)
  await work.git('remote', 'add', 'origin', server.url)
  // Git compresses a fetch request above 1,024 bytes: many commits that both sides know of make one.
  await work.commit('first', smallFleet)
  for (let index = 0; index < 40; index++) await work.commit(`commit ${index}`)
  await work.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main')
  const clone = await cloneRepository(server.url, `${directory.path}/clone`)
  for (let index = 0; index < 40; index++) {
    await clone.git('commit', '--quiet', '--allow-empty', '-m', `mine ${index}`)
  }
  const newest = await work.commit('newest')
  await work.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main')
  await clone.git('fetch', '--quiet', 'origin')
  assert.equal(await clone.git('rev-parse', 'origin/main'), newest)
})

test('a push past the hub, straight into the directory, is refused', async () => {
  using directory = temporaryDirectory('http')
  await using server = await startSource({ directory: `${directory.path}/fleet.git` })
  const work = await initRepository(`${directory.path}/work`)
  await work.git('remote', 'add', 'origin', `${directory.path}/fleet.git`)
  await work.commit('first', smallFleet)
  const { code, stderr } = await work.push()
  assert.notEqual(code, 0)
  assert.match(stderr, /Push through the hub/)
  assert.equal(await server.source.head(), undefined)
})

test('a repository is opened again, also one whose path is too long for a socket', async () => {
  using directory = temporaryDirectory('http')
  // Longer than the path of a Unix socket can be.
  const repository = `${directory.path}/${'deep/'.repeat(25)}fleet.git`
  const work = await initRepository(`${directory.path}/work`)
  for (const message of ['first', 'second']) {
    await using server = await startSource({ directory: repository })
    await work.tryGit('remote', 'remove', 'origin')
    await work.git('remote', 'add', 'origin', server.url)
    const id = await work.commit(message, smallFleet)
    const pushed = await work.push()
    assert.equal(pushed.code, 0, pushed.stderr)
    assert.equal((await server.source.head())?.commit.id, id)
  }
})
