import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  difference,
  EMPTY,
  equalSets,
  type FieldSet,
  FieldSetBuilder,
  fromFieldsV1,
  intersection,
  paths,
  printPath,
  recursiveDifference,
  toFieldsV1,
  union,
} from './fieldset.ts'

const setOf = (...list: string[][]): FieldSet => {
  const builder = new FieldSetBuilder()
  for (const path of list) builder.insert(path)
  return builder.done()
}

const anyPath = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1'), {
  minLength: 1,
  maxLength: 4,
})
const anySet = fc.array(anyPath, { maxLength: 12 }).map((list) => setOf(...list))

test('a set survives being written as fieldsV1 and read again', () => {
  fc.assert(fc.property(anySet, (set) => equalSets(fromFieldsV1(toFieldsV1(set)), set)))
})

test('what is in a set is in its difference from another or in their intersection, never in both', () => {
  fc.assert(
    fc.property(anySet, anySet, (a, b) => {
      const rest = difference(a, b)
      const shared = intersection(a, b)
      assert.ok(equalSets(union(rest, shared), a))
      assert.ok(equalSets(intersection(rest, shared), EMPTY))
    }),
  )
})

test('union does not care for order', () => {
  fc.assert(fc.property(anySet, anySet, (a, b) => equalSets(union(a, b), union(b, a))))
})

test('an element that is a member and has children is written with a dot', () => {
  const set = setOf(['k:{"name":"web"}'], ['k:{"name":"web"}', 'f:image'])
  assert.deepEqual(toFieldsV1(set), { 'k:{"name":"web"}': { '.': {}, 'f:image': {} } })
})

test('a recursive difference takes what lies below a member', () => {
  const set = setOf(['f:status', 'f:replicas'], ['f:spec', 'f:replicas'])
  const left = recursiveDifference(set, setOf(['f:status']))
  assert.deepEqual([...paths(left)], [['f:spec', 'f:replicas']])
})

test('paths are printed as kube-apiserver prints them', () => {
  const path = ['f:spec', 'f:ports', 'k:{"containerPort":80,"protocol":"TCP"}', 'f:name']
  assert.equal(printPath(path), '.spec.ports[containerPort=80,protocol="TCP"].name')
  assert.equal(printPath(['f:finalizers', 'v:"a/b"']), '.finalizers[="a/b"]')
})
