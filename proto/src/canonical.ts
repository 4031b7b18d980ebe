import { createHash } from 'node:crypto'
import { RoadsteadError } from './errors.ts'
import type { Digest } from './ids.ts'
import { limits } from './limits.ts'

/** A JSON value. Integers beyond ±2⁵³ are bigints, so that none loses a digit on its way. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/**
 * Canonical JSON: keys sorted by UTF-16 code unit, no white space, shortest number form (RFC 8785), with
 * one extension: a bigint is written in full. Keys whose value is `undefined` are left out, as in
 * `JSON.stringify`. The same value always gives the same bytes.
 *
 * @throws RoadsteadError `undecodable` for what JSON can not say (NaN, functions, too deep a nesting)
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

function write(value: unknown, depth: number): string {
  if (depth > limits.jsonDepth) {
    throw new RoadsteadError(
      'undecodable',
      `a JSON value is nested more than ${limits.jsonDepth} levels deep`,
    )
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null, depth + 1)).join(',')}]`
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
    case 'bigint':
      return value.toString()
    case 'number':
      if (Number.isFinite(value)) return JSON.stringify(value)
      break
    case 'object':
      return value === null ? 'null' : writeObject(value as Record<string, unknown>, depth)
  }
  throw new RoadsteadError('undecodable', `JSON has no way to write ${String(value)}`)
}

function writeObject(object: Record<string, unknown>, depth: number): string {
  const members: string[] = []
  for (const key of Object.keys(object).sort()) {
    const value = object[key]
    if (value !== undefined) members.push(`${JSON.stringify(key)}:${write(value, depth + 1)}`)
  }
  return `{${members.join(',')}}`
}

/** Parses JSON; an integer that a double can not hold becomes a bigint. */
export function parseJson(text: string): Json {
  try {
    return (longNumber.test(text) ? JSON.parse(text, keepLargeIntegers) : JSON.parse(text)) as Json
  } catch (cause) {
    throw new RoadsteadError('undecodable', 'not valid JSON', { cause })
  }
}

/** 2⁵³ has sixteen digits: without such a run there is nothing to keep, and no reviver to pay for. */
const longNumber = /\d{16}/
const integer = /^-?\d+$/

function keepLargeIntegers(
  this: unknown,
  _key: string,
  value: unknown,
  context?: { source?: string },
): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  return source !== undefined && integer.test(source) ? BigInt(source) : value
}

/** The SHA-256 digest of some bytes, as `sha256:<hex>`. */
export const digestOf = (bytes: string | Uint8Array): Digest =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest
