import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '@roadstead/test/harness'
import { verifyRelease } from './nats-routes.mjs'
import { compareVersions, ensureNatsServer, findNatsServers } from './nats-server.mjs'

/** Stands in for a nats-server of a version that this machine need not have. */
function fakeServer(directory: string, version: string): string {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, 'nats-server')
  writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`)
  chmodSync(path, 0o755)
  return path
}

test('the newest server of PATH, Go and the cache comes first, and one that is too old not at all', async () => {
  using directory = temporaryDirectory('install')
  const at = (...names: string[]) => join(directory.path, ...names)
  const newest = fakeServer(at('go', 'bin'), '99.10.1')
  const older = fakeServer(at('cache', 'roadstead', 'bin'), '99.9.10')
  fakeServer(at('path'), '2.8.4')
  const environment = { PATH: at('path'), GOPATH: at('go'), XDG_CACHE_HOME: at('cache') }
  const found = await findNatsServers(environment)
  assert.deepEqual(found.slice(0, 2), [
    { path: newest, version: '99.10.1' },
    { path: older, version: '99.9.10' },
  ])
  assert.equal(
    found.some(({ version }) => version === '2.8.4'),
    false,
  )
})

test('NATS_SERVER_BIN goes before a newer one, and must be a nats-server', async () => {
  using directory = temporaryDirectory('install')
  fakeServer(join(directory.path, 'path'), '99.0.0')
  const chosen = fakeServer(join(directory.path, 'chosen'), '2.9.10')
  const environment = { PATH: join(directory.path, 'path'), NATS_SERVER_BIN: chosen }
  assert.deepEqual(await ensureNatsServer(undefined, environment), { path: chosen, version: '2.9.10' })
  await assert.rejects(
    ensureNatsServer(undefined, { ...environment, NATS_SERVER_BIN: process.execPath }),
    /NATS_SERVER_BIN names .*node, which does not run as a nats-server/,
  )
})

test('versions are compared by number', () => {
  const sorted = ['2.12.0', '2.9.10', '2.9.9', '2.12.0-RC.1'].sort(compareVersions)
  assert.deepEqual(sorted, ['2.9.9', '2.9.10', '2.12.0', '2.12.0-RC.1'])
})

test('a release that is not the published one is refused', () => {
  assert.throws(
    () => verifyRelease('linux-amd64', Buffer.from('another')),
    /linux-amd64: SHA-256 is \w{64}, expected f3d0c820/,
  )
})
