import type { Json } from '@roadstead/overlay'
import { pointerSegment } from '@roadstead/proto'

/** By which field people tell the elements of a list apart; the first that fits a list is taken. */
const elementNames = ['name', 'key', 'mountPath', 'containerPort', 'port', 'host', 'ip'] as const

/**
 * The field that tells all elements of all these lists apart, such as `name` for containers; undefined where
 * there is none, and position has to do.
 */
export function elementName(...lists: readonly (readonly Json[])[]): string | undefined {
  return elementNames.find((field) =>
    lists.every((list) => {
      const names = list.map((element) => nameOf(element, field))
      return !names.includes(undefined) && new Set(names).size === names.length
    }),
  )
}

export function nameOf(element: Json, field: string): string | undefined {
  const value = isMapping(element) ? element[field] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

export type JsonMapping = { readonly [field: string]: Json }

export const isMapping = (value: Json | undefined): value is JsonMapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

/** A field of an object: as people write it, and as an RFC 6901 pointer. */
export interface FieldPath {
  /** `spec.containers[name=web].image`, `metadata.labels["app.kubernetes.io/name"]` */
  readonly text: string
  readonly pointer: string
}

export const wholeObject: FieldPath = { text: '', pointer: '' }

export function memberOf({ text, pointer }: FieldPath, key: string): FieldPath {
  const isPlain = /^[A-Za-z0-9_-]+$/.test(key)
  const step = isPlain ? (text === '' ? key : `.${key}`) : `[${JSON.stringify(key)}]`
  return { text: text + step, pointer: `${pointer}/${pointerSegment(key)}` }
}

export function elementOf(
  { text, pointer }: FieldPath,
  list: readonly Json[],
  index: number,
  name: string | undefined,
): FieldPath {
  const by = name === undefined ? undefined : nameOf(list[index]!, name)
  return { text: `${text}[${by === undefined ? index : `${name}=${by}`}]`, pointer: `${pointer}/${index}` }
}
