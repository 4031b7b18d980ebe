import type { Json, KubernetesObject } from '@roadstead/overlay'
import {
  elementName,
  elementOf,
  type FieldPath,
  isList,
  isMapping,
  memberOf,
  nameOf,
  wholeObject,
} from './field-path.ts'
import { identify } from './objects.ts'
import { isSecretField, maskedValue } from './secret.ts'

export interface FieldDifference {
  /** `spec.template.spec.containers[name=web].image` */
  readonly path: string
  /** Absent on the side that has no such field. Values of Secrets are `sha256:…`. */
  readonly from?: Json
  readonly to?: Json
}

export interface ObjectDifference {
  readonly change: 'added' | 'removed' | 'changed'
  /** `Deployment shop/web`: as it is named in `to`, or in `from` where it is removed. */
  readonly object: string
  /** As it is named in `from`, where that differs: a generated name, another namespace. */
  readonly before?: string
  /** Of a changed object. */
  readonly fields: readonly FieldDifference[]
}

/**
 * What differs between two renderings of an app, object by object and field by field, in the order of `to`.
 * The same object may have another namespace or another generated name in another environment; where exactly
 * one of its kind and name is left on both sides, those two are compared.
 */
export function compareObjects(
  from: readonly KubernetesObject[],
  to: readonly KubernetesObject[],
): ObjectDifference[] {
  const pairs = pairUp(from, to)
  const paired = new Set(pairs.values())
  const result: ObjectDifference[] = []
  for (const after of to) {
    const before = pairs.get(after)
    const object = identify(after).text
    if (before === undefined) {
      result.push({ change: 'added', object, fields: [] })
      continue
    }
    const fields = [...differences(after.kind, wholeObject, before, after)]
    if (fields.length === 0) continue
    const was = identify(before).text
    result.push({ change: 'changed', object, ...(was !== object && { before: was }), fields })
  }
  const removed = from.filter((object) => !paired.has(object))
  return [...result, ...removed.map((each) => gone(identify(each).text))]
}

const gone = (object: string): ObjectDifference => ({ change: 'removed', object, fields: [] })

/** What an object may be known by, the strictest first. */
const likenesses: readonly ((object: KubernetesObject) => string)[] = [
  (object) => identify(object).key,
  ({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name].join(' '),
  ({ apiVersion, kind, metadata }) =>
    [apiVersion, kind, metadata.namespace, withoutHash(metadata.name)].join(' '),
  ({ apiVersion, kind, metadata }) => [apiVersion, kind, withoutHash(metadata.name)].join(' '),
]

/** Without the ten characters that a generator adds. */
export const withoutHash = (name: string): string => name.replace(/-[bcdfghkmt2456789]{10}$/, '')

function pairUp(
  from: readonly KubernetesObject[],
  to: readonly KubernetesObject[],
): Map<KubernetesObject, KubernetesObject> {
  const pairs = new Map<KubernetesObject, KubernetesObject>()
  const taken = new Set<KubernetesObject>()
  for (const likeness of likenesses) {
    const before = Map.groupBy(
      from.filter((object) => !taken.has(object)),
      likeness,
    )
    const after = Map.groupBy(
      to.filter((object) => !pairs.has(object)),
      likeness,
    )
    for (const [key, objects] of after) {
      const others = before.get(key) ?? []
      if (objects.length !== 1 || others.length !== 1) continue
      pairs.set(objects[0]!, others[0]!)
      taken.add(others[0]!)
    }
  }
  return pairs
}

function* differences(
  kind: string,
  path: FieldPath,
  from: Json | undefined,
  to: Json | undefined,
): Generator<FieldDifference> {
  if (isMapping(from) && isMapping(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      yield* differences(kind, memberOf(path, key), own(from, key), own(to, key))
    }
  } else if (isList(from) && isList(to)) {
    yield* listDifferences(kind, path, from, to)
  } else if (from !== to) {
    const shown = (value: Json) => (isSecretField(kind, path.pointer) ? maskedValues(value) : value)
    yield {
      path: path.text,
      ...(from !== undefined && { from: shown(from) }),
      ...(to !== undefined && { to: shown(to) }),
    }
  }
}

function* listDifferences(
  kind: string,
  path: FieldPath,
  from: readonly Json[],
  to: readonly Json[],
): Generator<FieldDifference> {
  const name = elementName(from, to)
  if (name === undefined) {
    for (let index = 0; index < Math.max(from.length, to.length); index++) {
      const list = index < to.length ? to : from
      yield* differences(kind, elementOf(path, list, index, undefined), from[index], to[index])
    }
    return
  }
  const before = new Map(from.map((element) => [nameOf(element, name), element]))
  for (const [index, element] of to.entries()) {
    const key = nameOf(element, name)
    yield* differences(kind, elementOf(path, to, index, name), before.get(key), element)
    before.delete(key)
  }
  for (const element of before.values()) {
    yield* differences(kind, elementOf(path, from, from.indexOf(element), name), element, undefined)
  }
}

/** A Secret's whole `data` keeps its keys: they are what tells a reader which value changed. */
const maskedValues = (value: Json): Json =>
  isMapping(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, maskedValue(each)]))
    : maskedValue(value)

const own = (mapping: { readonly [field: string]: Json }, key: string): Json | undefined =>
  Object.hasOwn(mapping, key) ? mapping[key] : undefined
