import assert from 'node:assert/strict'
import { test } from 'node:test'
import { customSchema } from '../schema/crd.ts'
import { merge } from './merge.ts'
import { removeFields, toFieldSet, validateTyped } from './typed.ts'

const item = { type: 'object', properties: { name: { type: 'string' }, n: { type: 'integer' } } }
const schema = customSchema({
  type: 'object',
  properties: {
    list: {
      type: 'array',
      items: item,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    atomic: { type: 'array', items: { type: 'string' } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
  },
})
const named = (...names: string[]) => ({ list: names.map((name) => ({ name })) })
const namesAfter = (live: string[], config: string[]) =>
  (merge(schema, named(...live), named(...config)) as { list: { name: string }[] }).list.map(
    (one) => one.name,
  )

test('items of keyed lists are merged by key and keep fields the configuration does not name', () => {
  const merged = merge(schema, { list: [{ name: 'a', n: 1 }] }, { list: [{ name: 'a' }] })
  assert.deepEqual(merged, { list: [{ name: 'a', n: 1 }] })
})

test("the order of a keyed list is the configuration's, with live items beside their neighbours", () => {
  assert.deepEqual(namesAfter(['a', 'b', 'c'], ['c', 'a']), ['b', 'c', 'a'])
  assert.deepEqual(namesAfter(['x', 'a'], ['a', 'b']), ['x', 'a', 'b'])
  assert.deepEqual(namesAfter(['a', 'x'], ['b', 'a']), ['b', 'a', 'x'])
})

test('sets are united, atomic lists replaced', () => {
  const live = { set: ['a', 'b'], atomic: ['a', 'b'] }
  assert.deepEqual(merge(schema, live, { set: ['c'], atomic: ['c'] }), {
    set: ['a', 'b', 'c'],
    atomic: ['c'],
  })
})

test('the live object is not changed', () => {
  const live = Object.freeze({ labels: Object.freeze({ a: '1' }) })
  assert.deepEqual(merge(schema, live, { labels: { b: '2' } }), { labels: { a: '1', b: '2' } })
})

test('fields of a configuration can be taken out of an object again', () => {
  const object = { list: [{ name: 'a', n: 1 }, { name: 'b' }], labels: { x: '1', y: '2' } }
  const gone = toFieldSet(schema, { list: [{ name: 'b' }], labels: { x: '1' } })
  assert.deepEqual(removeFields(schema, object, gone), { list: [{ name: 'a', n: 1 }], labels: { y: '2' } })
})

test('an undeclared field is refused with its path', () => {
  assert.throws(() => validateTyped(schema, { list: [{ name: 'a', m: 1 }] }), {
    message: '.list[name="a"].m: field not declared in schema',
  })
})
