import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findCycle, importsOf, packageName, resolveImport } from './imports.ts'

test('static, dynamic and re-exporting imports are found, comments are not', () => {
  const text = `
import './effect.ts'
import { a, type B } from '../a/index.ts'
import type { C } from '@roadstead/proto'
import { type D, type E } from './types.ts'
// import { no } from './commented.ts'
export {
  f,
} from "./f.ts"
/* import { no } from './block.ts' */
const g = await import('./g.ts')
`
  assert.deepEqual(
    importsOf(text).map(({ specifier, typeOnly, line }) => [specifier, typeOnly, line]),
    [
      ['./effect.ts', false, 2],
      ['../a/index.ts', false, 3],
      ['@roadstead/proto', true, 4],
      ['./types.ts', true, 5],
      ['./f.ts', false, 7],
      ['./g.ts', false, 11],
    ],
  )
})

test('an import is resolved to the file of ours that it names', () => {
  const proto = {
    path: 'proto/package.json',
    name: '@roadstead/proto',
    dependencies: {},
    exports: { '.': './src/index.ts' },
  }
  assert.equal(resolveImport('hub/src/api/a.ts', '../db/index.ts', [proto]), 'hub/src/db/index.ts')
  assert.equal(resolveImport('hub/src/api/a.ts', '@roadstead/proto', [proto]), 'proto/src/index.ts')
  assert.equal(resolveImport('hub/src/api/a.ts', 'node:fs', [proto]), undefined)
  assert.equal(packageName('@nats-io/jetstream/internal'), '@nats-io/jetstream')
  assert.equal(packageName('pg/lib/client.js'), 'pg')
})

test('a cycle is reported by its members', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', []],
    ['d', ['b']],
  ])
  assert.deepEqual(findCycle(graph), ['b', 'd', 'b'])
  graph.set('d', ['c'])
  assert.equal(findCycle(graph), undefined)
})
