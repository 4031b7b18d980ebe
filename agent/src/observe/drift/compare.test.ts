import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FieldsV1, LiveObject } from '../../kube/index.ts'
import { culpritOf } from './attribution.ts'
import { baselineOf } from './baseline.ts'
import { compare } from './compare.ts'
import { coversPointer, unignored } from './ignore.ts'

const ours: FieldsV1 = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:name': {}, 'f:image': {}, 'f:emptyDir': {} } },
    'f:finalizers': { 'v:"a"': {} },
    'f:args': {},
  },
}

interface Shape {
  replicas?: number
  containers?: object[]
  finalizers?: string[]
  args?: string[]
  fields?: FieldsV1
  others?: object[]
}

const live = ({
  replicas = 2,
  containers,
  finalizers,
  args,
  fields = ours,
  others = [],
}: Shape = {}): LiveObject =>
  ({
    apiVersion: 'example.dev/v1',
    kind: 'Thing',
    metadata: {
      name: 't',
      labels: { app: 'x', extra: 'theirs' },
      managedFields: [{ manager: 'roadstead', operation: 'Apply', fieldsV1: fields }, ...others],
    },
    spec: {
      replicas,
      containers: containers ?? [{ name: 'web', image: 'a:1', emptyDir: {}, pullPolicy: 'Always' }],
      finalizers: finalizers ?? ['a'],
      args: args ?? ['one', 'two'],
    },
  }) as unknown as LiveObject

const baseline = baselineOf(live()) ?? ''
const without = (field: string): FieldsV1 => {
  const copy = structuredClone(ours) as unknown as { 'f:spec': Record<string, unknown> }
  delete copy['f:spec'][field]
  return copy as unknown as FieldsV1
}

test('an untouched object has no differences', () => {
  assert.deepEqual(compare(baseline, live()), [])
})

test('a changed scalar differs, with both values and where it is', () => {
  const [difference, ...rest] = compare(baseline, live({ replicas: 3 }))
  assert.deepEqual(rest, [])
  assert.equal(difference?.pointer, '/spec/replicas')
  assert.deepEqual([difference?.desired, difference?.live], [2, 3])
})

test('a list that was reordered, or to which somebody added, is the same list', () => {
  const web = { name: 'web', image: 'a:1', emptyDir: {} }
  assert.deepEqual(compare(baseline, live({ containers: [{ name: 'sidecar', image: 's' }, web] })), [])
  assert.deepEqual(compare(baseline, live({ finalizers: ['b', 'a'] })), [])
})

test('an item that was taken out of a list differs in all that we own of it', () => {
  const pointers = compare(baseline, live({ containers: [] })).map(({ pointer }) => pointer)
  assert.deepEqual(pointers, [
    '/spec/containers/-/emptyDir',
    '/spec/containers/-/image',
    '/spec/containers/-/name',
  ])
  assert.deepEqual(compare(baseline, live({ finalizers: ['b'] })).length, 1)
})

test('what a controller fills into an empty object of ours is its own', () => {
  const filled = [{ name: 'web', image: 'a:1', emptyDir: { sizeLimit: '1Gi' } }]
  assert.deepEqual(compare(baseline, live({ containers: filled })), [])
})

test('an atomic list differs when somebody took it from us, not merely because it reads differently', () => {
  const changed = { args: ['one'] }
  assert.equal(compare(baseline, live({ ...changed, fields: without('f:args') })).length, 1)
  assert.deepEqual(compare(baseline, live(changed)), [])
})

test('a number too large for a double is compared to the last digit', () => {
  const with_ = (value: bigint) => ({ ...live(), spec: { big: value } }) as unknown as LiveObject
  const fields = { 'f:spec': { 'f:big': {} } }
  const big = (value: bigint) =>
    ({
      ...with_(value),
      metadata: {
        ...live().metadata,
        managedFields: [{ manager: 'roadstead', operation: 'Apply', fieldsV1: fields }],
      },
    }) as unknown as LiveObject
  const base = baselineOf(big(9007199254740993n)) ?? ''
  assert.deepEqual(compare(base, big(9007199254740993n)), [])
  assert.equal(compare(base, big(9007199254740992n)).length, 1)
})

test('the culprit is who owns the field now, of several the last', () => {
  const spec = { 'f:spec': { 'f:replicas': {} } }
  const others = [
    { manager: 'early', operation: 'Update', time: '2026-01-01T00:00:00Z', fieldsV1: spec },
    { manager: 'late', operation: 'Update', time: '2026-01-02T00:00:00Z', fieldsV1: spec },
    { manager: 'bystander', operation: 'Update', time: '2026-01-03T00:00:00Z', fieldsV1: { 'f:data': {} } },
  ]
  const changed = live({ replicas: 3, others })
  assert.deepEqual(culpritOf(changed, compare(baseline, changed)), {
    manager: 'late',
    at: '2026-01-02T00:00:00Z',
  })
})

test('ignore rules take out pointers, and fields that a named manager owns', () => {
  const ref = { group: 'example.dev', kind: 'Thing', namespace: '', name: 't' }
  const others = [{ manager: 'scaler', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }]
  const changed = live({ replicas: 3, containers: [{ name: 'web', image: 'b', emptyDir: {} }], others })
  const left = (rules: Parameters<typeof unignored>[3]) =>
    unignored(compare(baseline, changed), ref, changed, rules).map(({ pointer }) => pointer)
  assert.deepEqual(left([]), ['/spec/containers/0/image', '/spec/replicas'])
  assert.deepEqual(left([{ managers: ['scaler'] }]), ['/spec/containers/0/image'])
  assert.deepEqual(left([{ pointers: ['/spec/containers/*/image'] }]), ['/spec/replicas'])
  assert.deepEqual(left([{ target: { kind: 'Other' }, pointers: ['/spec'] }]).length, 2)
})

test('a pointer covers itself and what is below it', () => {
  assert.equal(coversPointer('/spec', '/spec/replicas'), true)
  assert.equal(coversPointer('/spec/*', '/spec'), false)
  assert.equal(coversPointer('/specs', '/spec'), false)
})

test('an object never differs from its own baseline', () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string()),
    fc.constant({}),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value, { maxKeys: 8 }), (data) => {
      const fields = { 'f:data': Object.fromEntries(Object.keys(data).map((key) => [`f:${key}`, {}])) }
      const object = {
        apiVersion: 'v1',
        kind: 'Thing',
        metadata: {
          name: 'x',
          managedFields: [{ manager: 'roadstead', operation: 'Apply', fieldsV1: fields }],
        },
        data,
      } as unknown as LiveObject
      assert.deepEqual(compare(baselineOf(object) ?? '', object), [])
    }),
  )
})
