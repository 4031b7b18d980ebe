import type { DriftIgnore, Json, KubernetesObject, ObjectRef } from '@roadstead/proto'
import type { FieldsV1, LiveObject } from '../kube/index.ts'
import { fieldsIn, matchesTarget } from '../observe/index.ts'

export const rulesFor = (ref: ObjectRef, rules: readonly DriftIgnore[]): readonly DriftIgnore[] =>
  rules.filter(({ target }) => !target || matchesTarget(ref, target))

/**
 * The desired object with the live values of all fields that its rules leave to others. The live value is
 * sent rather than nothing, because leaving out a field that only we own would delete it.
 */
export function keepIgnored(
  wanted: KubernetesObject,
  live: LiveObject,
  rules: readonly DriftIgnore[],
): KubernetesObject {
  const patterns = rules.flatMap(({ pointers }) => pointers ?? []).map(segmentsOf)
  const managers = new Set(rules.flatMap((rule) => rule.managers ?? []))
  const theirs = (live.metadata.managedFields ?? [])
    .filter(({ manager }) => manager !== undefined && managers.has(manager))
    .flatMap(({ fieldsV1 }) => (fieldsV1 ? ownedPointers(live, fieldsV1) : []))
  return [...patterns, ...theirs].reduce<Json>(
    (object, path) => keep(object, live, path),
    wanted,
  ) as KubernetesObject
}

const ownedPointers = (live: LiveObject, fields: FieldsV1): string[][] =>
  [...fieldsIn(live, fields)]
    .filter(({ value }) => value !== undefined)
    .map(({ pointer }) => segmentsOf(pointer))

const segmentsOf = (pointer: string): string[] =>
  pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Only what both have can be kept: a field the other side never wrote is ours to write. */
function keep(wanted: Json | undefined, live: Json | undefined, path: readonly string[]): Json {
  const [segment, ...rest] = path
  if (wanted === undefined || live === undefined || wanted === null || live === null) return wanted ?? null
  if (segment === undefined) return live
  if (Array.isArray(wanted) && Array.isArray(live)) {
    return wanted.map((item: Json, index) => {
      if (segment !== '*' && segment !== String(index)) return item
      return keep(item, counterpart(item, live, index), rest)
    })
  }
  if (typeof wanted !== 'object' || typeof live !== 'object' || Array.isArray(wanted)) return wanted
  const other = live as { readonly [key: string]: Json }
  const entries = Object.entries(wanted).map(([key, value]) => {
    const chosen = segment === '*' || segment === key
    return [key, chosen && Object.hasOwn(other, key) ? keep(value, other[key], rest) : value]
  })
  return Object.fromEntries(entries) as Json
}

/** The live item that a desired list item is: by its name where it has one, else by its place. */
function counterpart(item: Json, live: readonly Json[], index: number): Json | undefined {
  const name = nameOf(item)
  return name === undefined ? live[index] : live.find((other) => nameOf(other) === name)
}

function nameOf(item: Json | undefined): Json | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined
  return (item as { readonly [key: string]: Json }).name
}
