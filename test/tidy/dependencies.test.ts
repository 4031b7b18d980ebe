/** Rules for what comes from others. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { manifests, ROOT } from './repository.ts'

const declared = manifests().flatMap(({ path, dependencies }) =>
  Object.entries(dependencies)
    .filter(([name]) => !name.startsWith('@roadstead/'))
    .map(([name, version]) => ({ path, name, version })),
)

test('every dependency has its reason in docs/dependencies.md, and every reason its dependency', () => {
  const page = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8')
  const firstCells = [...page.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell ?? '')
  const explained = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name))
  assert.deepEqual(unique(explained), unique(declared.map(({ name }) => name)))
})

test('every version is exact, and the same everywhere', () => {
  const loose = declared.filter(({ version }) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
  assert.deepEqual(loose, [])
  const versions = new Set(declared.map(({ name, version }) => `${name}@${version}`))
  assert.deepEqual([...versions].sort().map(nameOf), unique(declared.map(({ name }) => name)))
})

// npm drops a platform's package from the lockfile without a word when the registry does not have it, and then
// `npm ci` fails, or a Mac has no linter.
test('the lockfile has the packages of every platform', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile
  const isLocked = (name: string, from: string): boolean =>
    join(from, 'node_modules', name) in packages || (from !== '' && isLocked(name, parentOf(from)))
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(name, path))
      .map((name) => `${path} may need ${name}`),
  )
  assert.deepEqual(missing, [])
})

interface Lockfile {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>
}

/** `node_modules/a/node_modules/b` → `node_modules/a` → the root. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')))
}

function nameOf(nameAndVersion: string): string {
  return nameAndVersion.slice(0, nameAndVersion.lastIndexOf('@'))
}

function unique(names: (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].sort()
}
