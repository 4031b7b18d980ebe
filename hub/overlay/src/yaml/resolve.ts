import { type Tag, tags } from './node.ts'

/** What a plain scalar means. Integers outside the safe range are bigint. */
export interface Resolved {
  readonly tag: Tag
  readonly value: string | number | bigint | boolean | null
}

const words = new Map<string, Resolved>()
for (const word of ['true', 'True', 'TRUE']) words.set(word, { tag: tags.bool, value: true })
for (const word of ['false', 'False', 'FALSE']) words.set(word, { tag: tags.bool, value: false })
for (const word of ['', '~', 'null', 'Null', 'NULL']) words.set(word, { tag: tags.null, value: null })
for (const word of ['.nan', '.NaN', '.NAN']) words.set(word, { tag: tags.float, value: Number.NaN })
for (const word of ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'])
  words.set(word, { tag: tags.float, value: Number.POSITIVE_INFINITY })
for (const word of ['-.inf', '-.Inf', '-.INF'])
  words.set(word, { tag: tags.float, value: Number.NEGATIVE_INFINITY })

/** Words that only YAML 1.1 takes for booleans. */
const oldBooleans = new Map<string, boolean>()
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']) oldBooleans.set(word, true)
for (const word of ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']) oldBooleans.set(word, false)

const floatPattern = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const timestampPattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d+))?(Z|[-+]\d{2}:\d{2}))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d+))?))?$/

/**
 * Resolves a plain scalar as Kustomize's YAML reader does: YAML 1.2 booleans, but YAML 1.1's `0755`
 * octals, `_` separators and timestamps.
 */
export function resolve(text: string): Resolved {
  const first = text.charCodeAt(0)
  const isNumeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46
  const word = words.get(text)
  if (word !== undefined) return word
  if (isNumeric) return resolveNumber(text) ?? { tag: tags.string, value: text }
  return { tag: tags.string, value: text }
}

/** As `resolve`, with YAML 1.1's `yes`, `no`, `on`, `off`, `y` and `n` as booleans. */
export function resolveOld(text: string): Resolved {
  const boolean = oldBooleans.get(text)
  return boolean === undefined ? resolve(text) : { tag: tags.bool, value: boolean }
}

/** Would YAML 1.1 read this text as something else than a string? Such strings must be quoted. */
export function isOldNonString(text: string): boolean {
  if (text === '' || text.includes('\n')) return false
  return resolveOld(text).tag !== tags.string
}

function resolveNumber(text: string): Resolved | undefined {
  if (text.charCodeAt(0) === 46) {
    const value = goFloat(text)
    return value === undefined ? undefined : { tag: tags.float, value }
  }
  const time = timestamp(text)
  if (time !== undefined) return { tag: tags.timestamp, value: time }
  const plain = text.replaceAll('_', '')
  const integer = parseInteger(plain)
  if (integer !== undefined) return { tag: tags.int, value: integer }
  if (floatPattern.test(plain)) {
    const value = goFloat(plain)
    if (value !== undefined) return { tag: tags.float, value }
  }
  return undefined
}

/**
 * A plain YAML 1.1 timestamp as RFC 3339, which is what becomes of it on its way through Go; undefined for
 * anything else.
 */
export function timestamp(text: string): string | undefined {
  if (text.charCodeAt(4) !== 45) return undefined
  const match = timestampPattern.exec(text)
  if (match === null) return undefined
  const [, year, month, day] = match
  const [hour, minute, second, fraction] = match[4] === undefined ? match.slice(9, 13) : match.slice(4, 8)
  const isReal =
    inRange(month, 1, 12) &&
    inRange(day, 1, daysIn(Number(year), Number(month))) &&
    inRange(hour, 0, 23) &&
    inRange(minute, 0, 59) &&
    inRange(second, 0, 59)
  if (!isReal) return undefined
  const zone = match[8] === undefined || /^[-+]00:00$/.test(match[8]) ? 'Z' : match[8]
  const part = (fraction ?? '').slice(0, 9).replace(/0+$/, '')
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${part === '' ? '' : `.${part}`}${zone}`
}

function inRange(digits: string | undefined, low: number, high: number): boolean {
  const value = Number(digits ?? 0)
  return value >= low && value <= high
}

function two(digits: string | undefined): string {
  return (digits ?? '').padStart(2, '0')
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

const integerPattern = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/
const maxInt64 = 2n ** 63n - 1n
const maxUint64 = 2n ** 64n - 1n

/** Go's ParseInt with base 0, then ParseUint: signed or unsigned 64 bits, `0x`, `0b`, `0o` and `0` prefixes. */
function parseInteger(plain: string): number | bigint | undefined {
  const match = integerPattern.exec(plain)
  if (match === null) return undefined
  const [, sign, hex, binary, octal, decimal] = match
  if (decimal !== undefined && decimal.length < 16) {
    const value = Number(decimal)
    return sign === '-' ? 0 - value : value
  }
  const digits =
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal}`
          : decimal!
  const magnitude = BigInt(digits)
  const value = sign === '-' ? -magnitude : magnitude
  if (value < -(maxInt64 + 1n)) return undefined
  // ParseUint takes no sign, so a signed number ends at the signed range.
  if (value > (sign === '' ? maxUint64 : maxInt64)) return undefined
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

function goFloat(text: string): number | undefined {
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return undefined
  const value = Number(text)
  // Out of range is an error to Go, not infinity; the text then stays a string.
  return Number.isFinite(value) ? value : undefined
}
