import type { Json } from './json.ts'
import { compareKeys } from './key-order.ts'
import { tags } from './node.ts'
import { resolveOld } from './resolve.ts'

/**
 * Writes JSON values the way the official binary prints them: sorted keys, two-space indent, lists at
 * the indent of their field, the shortest safe quoting, `|-` blocks for text of several lines.
 */
export function emitStream(documents: readonly Json[]): string {
  return documents.map(emitDocument).join('---\n')
}

export function emitDocument(value: Json): string {
  const lines: string[] = []
  if (isCollection(value)) collection(value, 0, lines)
  else lines.push(`${scalarText(value, 0, false)}\n`)
  return lines.join('')
}

type Collection = readonly Json[] | { readonly [key: string]: Json }

function isCollection(value: Json): value is Collection {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0
}

function collection(value: Collection, indent: number, out: string[]): void {
  if (Array.isArray(value)) list(value, indent, out)
  else fields(value as { readonly [key: string]: Json }, indent, out, '')
}

function list(items: readonly Json[], indent: number, out: string[]): void {
  const pad = ' '.repeat(indent)
  for (const item of items) {
    if (!isCollection(item)) out.push(pad, '- ', scalarText(item, indent + 2, false), '\n')
    else if (Array.isArray(item)) {
      const nested: string[] = []
      list(item, indent + 2, nested)
      out.push(pad, '- ', nested.join('').slice(indent + 2))
    } else fields(item as { readonly [key: string]: Json }, indent + 2, out, `${pad}- `)
  }
}

/** `lead` replaces the indent of the first line, for a mapping that starts on its list item's line. */
function fields(object: { readonly [key: string]: Json }, indent: number, out: string[], lead: string): void {
  const pad = ' '.repeat(indent)
  let prefix = lead === '' ? pad : lead
  for (const key of Object.keys(object).sort(compareKeys)) {
    const value = object[key]!
    const name = keyText(key)
    out.push(prefix, name)
    prefix = pad
    if (!isCollection(value)) out.push(': ', scalarText(value, indent + 2, false), '\n')
    else if (Array.isArray(value)) {
      out.push(':\n')
      list(value, indent, out)
    } else {
      out.push(':\n')
      fields(value as { readonly [key: string]: Json }, indent + 2, out, '')
    }
  }
}

function keyText(key: string): string {
  const written = stringText(key, 0, true)
  // A key of more than 128 bytes needs an explicit `?`; nothing in Kubernetes comes close.
  return written
}

function scalarText(value: Json, indent: number, isKey: boolean): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return stringText(value, indent, isKey)
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}'
  return String(value)
}

/** Whole numbers in full while they fit 64 bits, others as Go prints floats. */
export function numberText(value: number): string {
  if (Object.is(value, -0)) return '0'
  const isWhole = Number.isInteger(value) && value < 2 ** 64 && value >= -(2 ** 63)
  return isWhole ? String(value) : goFloatText(value)
}

/** Go's shortest form of a float: an exponent below 1e-4 and from 1e+06 on. */
export function goFloatText(value: number): string {
  const [digits, exponent] = value.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

function stringText(text: string, indent: number, isKey: boolean): string {
  const shape = analyze(text)
  if (text.includes('\n') && !isKey && shape.blockAllowed) return literal(text, indent)
  const canBePlain =
    !text.includes('\n') && resolveOld(text).tag === tags.string && !base60.test(text) && text !== '<<'
  if (canBePlain && shape.plainAllowed) return text
  if (canBePlain && shape.singleAllowed) return `'${text.replaceAll("'", "''")}'`
  return doubleQuoted(text)
}

/** Can this string be written without quotes and still be read as a string? */
export function canBePlain(text: string): boolean {
  return (
    text !== '' &&
    !text.includes('\n') &&
    resolveOld(text).tag === tags.string &&
    !base60.test(text) &&
    analyze(text).plainAllowed
  )
}

interface Shape {
  plainAllowed: boolean
  singleAllowed: boolean
  blockAllowed: boolean
}

/** What presentations a text allows, by libyaml's rules. */
function analyze(text: string): Shape {
  if (text === '') return { plainAllowed: true, singleAllowed: true, blockAllowed: false }
  const special = /[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(text)
  const isBroken = /[\n\r\x85\u2028\u2029]/.test(text)
  const edge = /^[ \n\r\x85\u2028\u2029]|[ \n\r\x85\u2028\u2029]$/.test(text)
  const spaceBeforeBreak = / [\n\r\x85\u2028\u2029]/.test(text)
  const spaceAfterBreak = /[\n\r\x85\u2028\u2029] /.test(text)
  const indicator =
    /^(---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-](?=[ \t]|$)/.test(text) ||
    /:(?=[ \t]|$)/.test(text.slice(1)) ||
    /[ \t\n\r]#/.test(text)
  return {
    plainAllowed: !special && !isBroken && !edge && !spaceBeforeBreak && !spaceAfterBreak && !indicator,
    singleAllowed: !special && !spaceBeforeBreak && !spaceAfterBreak,
    blockAllowed: !special && !text.endsWith(' ') && !spaceBeforeBreak,
  }
}

function literal(text: string, indent: number): string {
  const pad = ' '.repeat(indent)
  const lead = text.startsWith(' ') || text.startsWith('\n') ? '2' : ''
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n')
  const body = lines.map((line) => (line === '' ? '' : pad + line)).join('\n')
  return `|${lead}${chomp}\n${body}`
}

const escapes = new Map([
  [0x00, '\\0'],
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x1b, '\\e'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
  [0x85, '\\N'],
  [0xa0, '\\_'],
  [0x2028, '\\L'],
  [0x2029, '\\P'],
])

function doubleQuoted(text: string): string {
  let result = '"'
  for (const character of text) {
    const code = character.codePointAt(0)!
    const short = escapes.get(code)
    if (short !== undefined && code !== 0xa0) result += short
    else if (isPrintable(code)) result += character
    else if (code <= 0xff) result += `\\x${hex(code, 2)}`
    else if (code <= 0xffff) result += `\\u${hex(code, 4)}`
    else result += `\\U${hex(code, 8)}`
  }
  return `${result}"`
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0')
}

function isPrintable(code: number): boolean {
  return (
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff) ||
    code >= 0x10000
  )
}
