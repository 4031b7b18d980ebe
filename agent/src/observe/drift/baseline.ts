import { createHash } from 'node:crypto'
import { canonicalJson, type Json, parseJson } from '@roadstead/proto'
import type { FieldsV1, LiveObject } from '../../kube/index.ts'
import { fieldsIn, ownFields } from './fields.ts'

/**
 * What we own of an object, as the API server left it right after we applied it. Comparing with this, not
 * with what we sent, is what makes `1000m` and `1`, defaults, and what a webhook changed on the way no
 * drift. Written down as text, because it is kept for every object and read only when one changes.
 */
export interface Baseline {
  readonly fields: FieldsV1
  /** The values of the fields, in the order of `fieldsIn`. */
  readonly values: readonly Json[]
}

/** A longer value is kept and reported as its digest. */
const longestPlainValue = 512

/** @returns `undefined` when the server does not say what we own */
export function baselineOf(applied: LiveObject): string | undefined {
  const fields = ownFields(applied)
  if (!fields) return undefined
  const hidden = isSecret(applied)
  const values = [...fieldsIn(applied, fields)].map(
    ({ pointer, value }) => kept(value, pointer, hidden) ?? null,
  )
  return canonicalJson({ fields, values })
}

export const readBaseline = (text: string): Baseline => parseJson(text) as unknown as Baseline

/** A value as it may be remembered and reported. */
export function kept(value: Json | undefined, pointer: string, secret: boolean): Json | undefined {
  if (value === undefined || value === null) return undefined
  if (secret && /^\/(data|stringData)\//.test(pointer)) return digest(value)
  // Measured as JSON text: that is what a report carries, and escapes make a value longer.
  return canonicalJson(value).length > longestPlainValue ? digest(value) : value
}

export const isSecret = (object: LiveObject): boolean =>
  object.kind === 'Secret' && object.apiVersion === 'v1'

const digest = (value: Json): string =>
  `sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`
