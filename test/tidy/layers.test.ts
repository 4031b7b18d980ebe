/** The direction of imports: services → hub | agent → proto, and a stage through its door alone. */
import assert from 'node:assert/strict'
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { test } from 'node:test'
import { findCycle, type Import, importsOf, packageName, resolveImport } from './imports.ts'
import { codeFiles, isTest, type Manifest, manifests } from './repository.ts'

/** What each part may import besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  proto: [],
  overlay: [],
  hub: ['proto', 'overlay'],
  agent: ['proto'],
  services: ['proto', 'overlay', 'hub', 'agent'],
  deploy: ['proto', 'overlay', 'hub', 'agent', 'services', 'test'],
  test: ['proto', 'overlay', 'hub', 'agent', 'services', 'deploy'],
}

/** Tests anywhere may use the harness and the simulated cluster, which are no dependency of what is shipped. */
const TEST_SUPPORT = '@roadstead/test'

const packages = manifests()
const files = codeFiles()
const imports = files.flatMap(({ path, text }) =>
  importsOf(text).map((found) => ({
    from: path,
    to: resolveImport(path, found.specifier, packages),
    ...found,
  })),
)

test('a part imports only what lies below it', () => {
  const wrong = imports.filter(({ from, to }) => {
    if (to === undefined) return false
    const [part, other] = [partOf(from), partOf(to)]
    if (part === other || (isTest(from) && other === 'test')) return false
    return !MAY_IMPORT[part]?.includes(other)
  })
  assert.deepEqual(wrong.map(describe), [])
})

test('a stage imports its siblings through their index.ts', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [stage, other] = [stageOf(from), to === undefined ? undefined : stageOf(to)]
    if (stage === undefined || other === undefined || stage === other || isTest(from)) return false
    return posix.basename(to ?? '') !== 'index.ts'
  })
  assert.deepEqual(wrong.map(describe), [])
})

test('nothing that is shipped imports what is for tests', () => {
  const shipped = (path: string) =>
    !isTest(path) && !path.includes('/scripts/') && !['test', 'deploy'].includes(partOf(path))
  const wrong = imports.filter(({ from, to }) => shipped(from) && to !== undefined && isTest(to))
  assert.deepEqual(wrong.map(describe), [])
})

test('no files import each other in a circle at run time', () => {
  const graph = new Map(files.map(({ path }) => [path, runtimeImports(path)]))
  assert.deepEqual(findCycle(graph), undefined)
})

test('what a package imports, its package.json names', () => {
  const wrong = imports.filter(({ from, specifier }) => {
    const name = packageName(specifier)
    if (specifier.startsWith('.') || isBuiltin(specifier)) return false
    const owner = ownerOf(from)
    if (name === owner.name || name in owner.dependencies) return false
    return !(isTest(from) && (name === TEST_SUPPORT || name in (packages[0]?.dependencies ?? {})))
  })
  assert.deepEqual(wrong.map(describe), [])
})

function runtimeImports(path: string): string[] {
  return imports.flatMap(({ from, to, typeOnly }) =>
    from === path && !typeOnly && to !== undefined ? [to] : [],
  )
}

function partOf(path: string): string {
  return path.startsWith('hub/overlay/') ? 'overlay' : (path.split('/')[0] ?? '')
}

/** `hub/src/render/cache/lru.ts` → `hub/src/render`; files beside the stages wire them and have none. */
function stageOf(path: string): string | undefined {
  return /^((hub|agent)\/src\/[^/]+)\//.exec(path)?.[1]
}

function ownerOf(path: string): Manifest {
  const owners = packages.filter((manifest) => path.startsWith(posix.join(posix.dirname(manifest.path), '/')))
  const owner = owners.at(-1) ?? packages[0]
  assert.ok(owner, 'the repository has a package.json')
  return owner
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier)
}

function describe({ from, line, specifier }: Import & { from: string }): string {
  return `${from}:${line} imports ${specifier}`
}
