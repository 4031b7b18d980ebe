import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonPatch } from './json.ts'
import { mergePatch } from './merge.ts'

test('a merge patch sets, nests and removes (RFC 7386)', () => {
  const patched = mergePatch({ a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: 4 }, e: { f: null, g: 5 } })
  assert.deepEqual(patched, { b: { c: 4, d: 3 }, e: { g: 5 } })
})

test('a JSON patch adds, replaces, moves, copies, removes and tests (RFC 6902)', () => {
  const document = { list: [1, 2], 'a/b': 'x' }
  const patched = jsonPatch(document, [
    { op: 'add', path: '/list/1', value: 9 },
    { op: 'add', path: '/list/-', value: 3 },
    { op: 'test', path: '/a~1b', value: 'x' },
    { op: 'copy', from: '/list/0', path: '/first' },
    { op: 'move', from: '/a~1b', path: '/moved' },
    { op: 'remove', path: '/list/0' },
  ])
  assert.deepEqual(patched, { list: [9, 2, 3], first: 1, moved: 'x' })
  assert.deepEqual(document, { list: [1, 2], 'a/b': 'x' })
})

test('a JSON patch that does not fit changes nothing and says so', () => {
  assert.throws(() => jsonPatch({}, [{ op: 'replace', path: '/a', value: 1 }]), /missing key: \/a/)
  assert.throws(() => jsonPatch({ a: 1 }, [{ op: 'test', path: '/a', value: 2 }]), /test failed/)
})
