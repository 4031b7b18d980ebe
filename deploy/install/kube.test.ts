import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '@roadstead/test/harness'
import { chosenKubeVersions, ensureKube, findKube, KUBE_VERSIONS } from './kube.mjs'

/** Stands in for the programs of a version that this machine need not have. */
function fakePrograms(directory: string, version: string, names = ['kube-apiserver', 'etcd']): string {
  mkdirSync(directory, { recursive: true })
  for (const name of names) {
    writeFileSync(join(directory, name), `#!/bin/sh\necho "Kubernetes v${version}"\n`)
    chmodSync(join(directory, name), 0o755)
  }
  return directory
}

test('the versions to test with are the newest one, or those that are chosen', () => {
  assert.deepEqual(chosenKubeVersions({}), KUBE_VERSIONS.slice(0, 1))
  assert.deepEqual(chosenKubeVersions({ ROADSTEAD_KUBE_VERSIONS: 'all' }), KUBE_VERSIONS)
  assert.deepEqual(chosenKubeVersions({ ROADSTEAD_KUBE_VERSIONS: 'none' }), [])
  assert.deepEqual(chosenKubeVersions({ ROADSTEAD_KUBE_VERSIONS: '1.36.3, 1.35.4' }), ['1.36.3', '1.35.4'])
  assert.throws(
    () => chosenKubeVersions({ ROADSTEAD_KUBE_VERSIONS: 'newest' }),
    /has newest: give versions such as/,
  )
})

test('KUBEBUILDER_ASSETS goes before the cache, unless another version is chosen', async () => {
  using directory = temporaryDirectory('install')
  const assets = fakePrograms(join(directory.path, 'assets'), '1.99.1')
  const cached = fakePrograms(join(directory.path, 'roadstead', 'kube', '1.98.0'), '1.98.0')
  const environment = { XDG_CACHE_HOME: directory.path, KUBEBUILDER_ASSETS: assets }
  assert.equal((await findKube(undefined, environment))?.version, '1.99.1')
  assert.equal((await findKube('1.98.0', environment))?.version, '1.99.1')
  const chosen = await findKube('1.98.0', { ...environment, ROADSTEAD_KUBE_VERSIONS: '1.98.0' })
  assert.equal(chosen?.apiServer, join(cached, 'kube-apiserver'))
  assert.equal(chosen?.controllerManager, undefined)
})

test('KUBEBUILDER_ASSETS without the programs is an error, not a silent search elsewhere', async () => {
  using directory = temporaryDirectory('install')
  const assets = fakePrograms(join(directory.path, 'assets'), '1.99.1', ['etcd'])
  await assert.rejects(
    findKube(undefined, { KUBEBUILDER_ASSETS: assets }),
    /has no kube-apiserver and etcd that run/,
  )
})

test('of several processes one builds; a lock whose holder is gone holds nobody up', async () => {
  using directory = temporaryDirectory('install')
  const home = join(directory.path, 'roadstead', 'kube')
  mkdirSync(home, { recursive: true })
  const notRunning = 2 ** 22 + 1
  writeFileSync(join(home, '1.98.0.lock'), String(notRunning))
  // Built by another process in the meantime: found under the lock, so that no build begins.
  const environment = { XDG_CACHE_HOME: directory.path }
  const asked = ensureKube('1.98.0', () => {}, environment)
  fakePrograms(join(home, '1.98.0'), '1.98.0')
  assert.equal((await asked).version, '1.98.0')
})
