import type { Json } from './json.ts'
import { tags } from './node.ts'
import { resolveOld } from './resolve.ts'

/** Where a scalar is written: the indent of its continuation lines, and the column it starts at. */
export interface Position {
  readonly indent: number
  readonly column: number
  /** Keys are never broken over lines. */
  readonly isKey?: boolean
}

/** Lines are folded at the first space behind this column. */
const foldColumn = 80

export function scalarText(value: Json, position: Position): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return stringText(value, position)
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

/** Can this string be written without quotes and still be read as a string? */
export function canBePlain(text: string): boolean {
  return text !== '' && !text.includes('\n') && readsAsString(text) && analyze(text).plainAllowed
}

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const simple = /^[A-Za-z][A-Za-z0-9_./-]*$/

function readsAsString(text: string): boolean {
  return resolveOld(text).tag === tags.string && !base60.test(text)
}

function stringText(text: string, position: Position): string {
  if (simple.test(text) && resolveOld(text).tag === tags.string) return text
  const shape = analyze(text)
  const isKey = position.isKey === true
  if (text.includes('\n')) {
    return !isKey && shape.blockAllowed ? literal(text, position.indent) : doubleQuoted(text, position)
  }
  if (!readsAsString(text)) return doubleQuoted(text, position)
  if (shape.plainAllowed) return fold(text, position, 0)
  if (shape.singleAllowed)
    return `'${fold(text.replaceAll("'", "''"), { ...position, column: position.column + 1 }, 1)}'`
  return doubleQuoted(text, position)
}

interface Shape {
  readonly plainAllowed: boolean
  readonly singleAllowed: boolean
  readonly blockAllowed: boolean
}

/** Everything the printer must escape; it takes characters beyond the basic plane for unprintable. */
const special = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u
const lineBreak = /[\n\r\x85\u2028\u2029]/
const blankEdge = /^[ \n\r\x85\u2028\u2029]|[ \n\r\x85\u2028\u2029]$/
const spaceBeforeBreak = / [\n\r\x85\u2028\u2029]/
const spaceAfterBreak = /[\n\r\x85\u2028\u2029] /
const indicator = /^(---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?=[ \t]|$))|.:(?=[ \t]|$)|[ \t\n\r]#/s

/** What presentations a text allows, by the rules of libyaml, which the official binary's printer follows. */
function analyze(text: string): Shape {
  if (text === '') return { plainAllowed: true, singleAllowed: true, blockAllowed: false }
  const isSpecial = special.test(text)
  const isBroken = lineBreak.test(text)
  const breaksBadly = spaceBeforeBreak.test(text)
  return {
    plainAllowed: !isSpecial && !isBroken && !blankEdge.test(text) && !indicator.test(text),
    singleAllowed: !isSpecial && !breaksBadly && !spaceAfterBreak.test(text),
    blockAllowed: !isSpecial && !text.endsWith(' ') && !breaksBadly,
  }
}

/** Breaks the line at single spaces behind the fold column; quoted text never at its first or last character. */
function fold(text: string, { indent, column, isKey }: Position, margin: number): string {
  if (isKey === true || column + text.length <= foldColumn) return text
  let result = ''
  let at = column
  let isAfterSpace = false
  const characters = Array.from(text)
  for (const [index, character] of characters.entries()) {
    const isSpace = character === ' '
    const mayBreak = index >= margin && index < characters.length - margin && characters[index + 1] !== ' '
    if (isSpace && !isAfterSpace && at > foldColumn && mayBreak) {
      result += `\n${' '.repeat(indent)}`
      at = indent
    } else {
      result += character
      at++
    }
    isAfterSpace = isSpace
  }
  return result
}

function literal(text: string, indent: number): string {
  const pad = ' '.repeat(indent)
  const lead = /^[ \n]/.test(text) ? '2' : ''
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return `|${lead}${chomp}\n${lines.map((line) => (line === '' ? '' : pad + line)).join('\n')}`
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
  [0x2028, '\\L'],
  [0x2029, '\\P'],
])

function doubleQuoted(text: string, { indent, column, isKey }: Position): string {
  let result = '"'
  let at = column + 1
  let isAfterSpace = false
  const characters = Array.from(text)
  for (const [index, character] of characters.entries()) {
    const mayBreak = isKey !== true && index > 0 && index < characters.length - 1
    if (character === ' ' && !isAfterSpace && at > foldColumn && mayBreak) {
      // A space that starts a line must be escaped to count.
      const escaped = characters[index + 1] === ' ' ? '\\' : ''
      result += `\n${' '.repeat(indent)}${escaped}`
      at = indent + escaped.length
    } else {
      const written = escapeCharacter(character)
      result += written
      at += written.length
    }
    isAfterSpace = character === ' '
  }
  return `${result}"`
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!
  const short = escapes.get(code)
  if (short !== undefined) return short
  if (isPrintable(code)) return character
  if (code <= 0xff) return `\\x${hex(code, 2)}`
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0')
}

function isPrintable(code: number): boolean {
  return !special.test(String.fromCodePoint(code))
}
