import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orderGraph } from './graph.ts'

const graph = (edges: Record<string, string[]>) => orderGraph(new Map(Object.entries(edges)))

test('what is pointed to comes first, and where that leaves a choice the alphabet decides', () => {
  assert.deepEqual(graph({ prod: ['staging'], staging: ['dev', 'qa'], qa: ['dev'], dev: [], lab: [] }), {
    order: ['dev', 'lab', 'qa', 'staging', 'prod'],
    cycles: [],
  })
})

test('each cycle is found once, without what only leads into it', () => {
  const { order, cycles } = graph({ a: ['b'], b: ['c'], c: ['b'], d: ['d'], e: ['a'], f: [] })
  assert.deepEqual(order, ['f'])
  assert.deepEqual(cycles, [['b', 'c'], ['d']])
})

test('a node that points to one outside of the graph is no cycle', () => {
  assert.deepEqual(graph({ a: ['gone'] }), { order: ['a'], cycles: [] })
})
