import type { Json } from '@roadstead/proto'
import { type FieldsV1, fieldManager, type LiveObject } from '../../kube/index.ts'

/** One field that a manager owns, where it stands in an object, and what stands there. */
export interface OwnedField {
  /** As the API server writes it: `f:spec`, `k:{"name":"web"}`, … */
  readonly path: readonly string[]
  /** RFC 6901 pointer into the object that was walked; `-` for a list item that is not there. */
  readonly pointer: string
  /** `undefined` where the field is absent. */
  readonly value: Json | undefined
}

/** The fields that Roadstead owns by applying them, by the API server's own account. */
export function ownFields(object: LiveObject): FieldsV1 | undefined {
  return object.metadata.managedFields?.find(
    ({ manager, operation, subresource }) =>
      manager === fieldManager && operation === 'Apply' && !subresource,
  )?.fieldsV1
}

/**
 * The leaves of a field set with their values in an object, always in the same order. The server's own
 * paths say by which keys the items of a list are told apart, so that no schema is needed here and a
 * reordered list is still the same list.
 */
export function* fieldsIn(object: Json, fields: FieldsV1): Generator<OwnedField> {
  yield* walk(object, fields, [], '')
}

function* walk(
  value: Json | undefined,
  fields: FieldsV1,
  path: readonly string[],
  pointer: string,
): Generator<OwnedField> {
  const segments = Object.keys(fields).filter((segment) => segment !== '.')
  // An item owned as such (`.`) and nothing in it: its presence is what is owned.
  if (segments.length === 0) {
    yield { path, pointer, value }
    return
  }
  for (const segment of segments.sort()) {
    const step = stepInto(value, segment)
    yield* walk(step.value, fields[segment] ?? {}, [...path, segment], `${pointer}/${step.token}`)
  }
}

interface Step {
  readonly token: string
  readonly value: Json | undefined
}

const nowhere: Step = { token: '-', value: undefined }

function stepInto(value: Json | undefined, segment: string): Step {
  const kind = segment.slice(0, 2)
  const rest = segment.slice(2)
  if (kind === 'f:') {
    const member = isObject(value) && Object.hasOwn(value, rest) ? value[rest] : undefined
    return { token: rest.replaceAll('~', '~0').replaceAll('/', '~1'), value: member }
  }
  if (!Array.isArray(value)) return nowhere
  const index = kind === 'i:' ? Number(rest) : value.findIndex((item) => isItem(item, kind, JSON.parse(rest)))
  return index >= 0 && index < value.length ? { token: String(index), value: value[index] } : nowhere
}

/** `k:` names an item of a list by its keys, `v:` one of a set by its value. */
function isItem(item: Json, kind: string, wanted: Json): boolean {
  if (kind === 'v:') return sameJson(item, wanted)
  return (
    isObject(wanted) &&
    isObject(item) &&
    Object.entries(wanted).every(([key, value]) => sameJson(item[key], value))
  )
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Deep equality; null and absent are the same, as they are to the API server. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => sameJson(a[key], b[key]))
}

/** Whether a field set contains a path: owns it itself, or something below it. */
export function ownsPath(fields: FieldsV1 | undefined, path: readonly string[]): boolean {
  let at: FieldsV1 | undefined = fields
  for (const segment of path) {
    at = at?.[segment]
    if (!at) return false
  }
  return at !== undefined
}
