import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json, KubernetesObject } from '@roadstead/overlay'
import { compareObjects, withoutHash } from './compare.ts'

const object = (
  kind: string,
  name: string,
  content: Record<string, Json> = {},
  namespace?: string,
): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  ...content,
})

/** `path: from → to` of each field of the one object that changed. */
function changed(from: KubernetesObject, to: KubernetesObject): string[] {
  const differences = compareObjects([from], [to])
  assert.equal(differences.length, 1)
  assert.equal(differences[0]?.change, 'changed')
  return differences[0].fields.map(
    ({ path, ...sides }) =>
      `${path}: ${'from' in sides ? JSON.stringify(sides.from) : 'nothing'} → ${'to' in sides ? JSON.stringify(sides.to) : 'nothing'}`,
  )
}

test('equal objects do not differ, whatever the order of their fields', () => {
  const one = object('Pod', 'a', { spec: { x: 1, y: [1, { z: null }] } })
  const other = object('Pod', 'a', { spec: { y: [1, { z: null }], x: 1 } })
  assert.deepEqual(compareObjects([one], [other]), [])
})

test('each field that differs is named, on both sides where it is there', () => {
  assert.deepEqual(
    changed(
      object('Pod', 'a', { spec: { same: 1, changed: 1, removed: true } }),
      object('Pod', 'a', { spec: { same: 1, changed: '1', added: null } }),
    ),
    ['spec.changed: 1 → "1"', 'spec.removed: true → nothing', 'spec.added: nothing → null'],
  )
})

test('elements of a list are matched by their names, others by position', () => {
  const containers = (...list: Json[]) => object('Pod', 'a', { spec: { containers: list } })
  assert.deepEqual(
    changed(
      containers({ name: 'main', image: 'a:1', args: ['x', 'y'] }, { name: 'old', image: 'b:1' }),
      containers({ name: 'new', image: 'c:1' }, { name: 'main', image: 'a:2', args: ['x'] }),
    ),
    [
      'spec.containers[name=new]: nothing → {"name":"new","image":"c:1"}',
      'spec.containers[name=main].image: "a:1" → "a:2"',
      'spec.containers[name=main].args[1]: "y" → nothing',
      'spec.containers[name=old]: {"name":"old","image":"b:1"} → nothing',
    ],
  )
})

test('an object that only one side has is added or removed', () => {
  const differences = compareObjects(
    [object('Pod', 'a'), object('Pod', 'b')],
    [object('Pod', 'b'), object('Job', 'c')],
  )
  assert.deepEqual(
    differences.map((each) => [each.change, each.object]),
    [
      ['added', 'Job c'],
      ['removed', 'Pod a'],
    ],
  )
})

test('an object keeps its identity over another namespace and another generated name', () => {
  const [from, to] = [
    [object('ConfigMap', 'site-85h5mhd2kh', { data: { a: '1' } }, 'shop-staging')],
    [object('ConfigMap', 'site-mtc4bf9882', { data: { a: '2' } }, 'shop')],
  ]
  const [difference, ...others] = compareObjects(from!, to!)
  assert.deepEqual(others, [])
  assert.deepEqual(
    [difference?.change, difference?.object, difference?.before],
    ['changed', 'ConfigMap shop/site-mtc4bf9882', 'ConfigMap shop-staging/site-85h5mhd2kh'],
  )
  assert.deepEqual(
    difference?.fields.map(({ path }) => path),
    ['metadata.name', 'metadata.namespace', 'data.a'],
  )
})

test('what may be one of several is not guessed', () => {
  const from = [object('Pod', 'a', {}, 'x'), object('Pod', 'a', {}, 'y')]
  const to = [object('Pod', 'a', {}, 'z')]
  assert.deepEqual(
    compareObjects(from, to).map(({ change }) => change),
    ['added', 'removed', 'removed'],
  )
})

test('values of Secrets are marked, not shown; equal ones have equal marks', () => {
  const secret = (data: Json, type = 'Opaque') => object('Secret', 'a', { type, data })
  const lines = changed(
    secret({ kept: 'aGk=', changed: 'b25l', removed: 'eA==' }),
    secret({ kept: 'aGk=', changed: 'dHdv' }),
  )
  assert.equal(lines.length, 2)
  assert.match(lines[0]!, /^data\.changed: "sha256:\w{12}…" → "sha256:\w{12}…"$/)
  assert.match(lines[1]!, /^data\.removed: "sha256:\w{12}…" → nothing$/)
  const whole = changed(object('Secret', 'a'), object('Secret', 'a', { stringData: { password: 'hunter2' } }))
  assert.match(whole[0]!, /^stringData: nothing → \{"password":"sha256:\w{12}…"\}$/)
})

test('only what a generator adds is taken off a name', () => {
  assert.equal(withoutHash('site-85h5mhd2kh'), 'site')
  for (const name of ['site', 'web-deployment', 'site-85h5mhd2k', 'a-0123456789']) {
    assert.equal(withoutHash(name), name)
  }
})
