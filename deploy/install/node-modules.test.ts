import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '@roadstead/test/harness'
import { isInstalled } from './node-modules.mjs'

const pg = { version: '8.0.0', integrity: 'sha512-pg' }
const hub = { resolved: 'hub', link: true }
const foreign = { version: '1.0.0', integrity: 'sha512-foreign', optional: true }
const wanted = {
  '': {},
  hub: {},
  'node_modules/pg': pg,
  'node_modules/hub': hub,
  'node_modules/foreign': foreign,
}

/** A clone whose lockfile wants `wanted`, and in which npm says that it has installed `installed`. */
function isInstalledIn(root: string, installed: object | undefined): boolean {
  rmSync(join(root, 'node_modules'), { recursive: true, force: true })
  mkdirSync(join(root, 'node_modules'))
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }))
  const record = join(root, 'node_modules', '.package-lock.json')
  if (installed !== undefined) writeFileSync(record, JSON.stringify({ packages: installed }))
  return isInstalled(root)
}

test('an installation is complete when it has what the lockfile wants for this platform', () => {
  using root = temporaryDirectory('install')
  const { '': _root, hub: _workspace, 'node_modules/foreign': _foreign, ...complete } = wanted
  assert.equal(isInstalledIn(root.path, complete), true)
  assert.equal(isInstalledIn(root.path, { ...complete, 'node_modules/more': pg }), true)
})

test('an installation that was interrupted, or of an older lockfile, is not', () => {
  using root = temporaryDirectory('install')
  const complete = { 'node_modules/pg': pg, 'node_modules/hub': hub }
  assert.equal(isInstalledIn(root.path, undefined), false)
  assert.equal(isInstalledIn(root.path, { 'node_modules/hub': hub }), false)
  assert.equal(
    isInstalledIn(root.path, { ...complete, 'node_modules/pg': { ...pg, integrity: 'sha512-old' } }),
    false,
  )
  assert.equal(
    isInstalledIn(root.path, { ...complete, 'node_modules/foreign': { ...foreign, version: '0.9.0' } }),
    false,
  )
})
