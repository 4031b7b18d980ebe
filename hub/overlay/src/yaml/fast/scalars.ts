import { Node, noContent, scalar, tags } from '../node.ts'
import { resolve } from '../resolve.ts'
import {
  backslash,
  colon,
  dash,
  doubleQuote,
  hash,
  isBlank,
  isBreakOrBlank,
  newline,
  openBrace,
  openBracket,
  plus,
  singleQuote,
  space,
  startsPlain,
  tab,
  trimmedEnd,
} from './characters.ts'
import { type Cursor, giveUp } from './cursor.ts'

export function plainScalar(text: string): Node {
  return new Node('scalar', text === '<<' ? tags.merge : resolve(text).tag, text, 'plain', noContent)
}

/** A plain scalar that ends with its line. */
export function readPlain(cursor: Cursor): Node {
  const { source, position: start, end } = cursor
  if (!startsPlain(source, start)) giveUp()
  let at = start
  for (; at < end; at++) {
    const code = source.charCodeAt(at)
    if (code === newline) break
    if (code === hash && isBlank(source.charCodeAt(at - 1))) break
    if (code === colon && isBreakOrBlank(source.charCodeAt(at + 1))) giveUp()
  }
  const node = cursor.place(plainScalar(source.slice(start, trimmedEnd(source, start, at))))
  cursor.position = at
  return node
}

/** Does a `key:` start here? */
export function startsKey({ source, position, end }: Cursor): boolean {
  const first = source.charCodeAt(position)
  if (first === doubleQuote || first === singleQuote) {
    const close = source.indexOf(String.fromCharCode(first), position + 1)
    return close >= 0 && source.charCodeAt(close + 1) === colon
  }
  return first !== openBracket && first !== openBrace && keyEnd(source, position, end) >= 0
}

/** Where the colon behind a plain key is; -1 when the line has none. */
function keyEnd(source: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const code = source.charCodeAt(at)
    if (code === newline || (code === hash && isBlank(source.charCodeAt(at - 1)))) return -1
    if (code === colon && isBreakOrBlank(source.charCodeAt(at + 1))) return at
  }
  return -1
}

/** A key, and the colon behind it. */
export function readKey(cursor: Cursor): Node {
  const { source, position: start, end, code } = cursor
  if (code === doubleQuote || code === singleQuote) {
    const key = readQuoted(cursor, code)
    cursor.skipSpaces()
    if (cursor.code !== colon || !isBreakOrBlank(source.charCodeAt(cursor.position + 1))) giveUp()
    cursor.position++
    return key
  }
  const at = startsPlain(source, start) ? keyEnd(source, start, end) : -1
  if (at < 0) giveUp()
  const key = cursor.place(plainScalar(source.slice(start, trimmedEnd(source, start, at))))
  cursor.position = at + 1
  return key
}

/** A quoted scalar on one line. */
export function readQuoted(cursor: Cursor, quote: number): Node {
  const { source } = cursor
  const node = cursor.place(scalar('', tags.string, 'quoted'))
  let at = cursor.position + 1
  let from = at
  let text = ''
  for (;;) {
    const code = source.charCodeAt(at)
    if (Number.isNaN(code) || code === newline) giveUp()
    if (code === quote) {
      if (quote === doubleQuote || source.charCodeAt(at + 1) !== singleQuote) break
      text += source.slice(from, at + 1)
      at += 2
      from = at
    } else if (code === backslash && quote === doubleQuote) {
      const escaped = escapeAt(source, at + 1)
      text += source.slice(from, at) + escaped.text
      at = escaped.end
      from = at
    } else at++
  }
  node.value = text + source.slice(from, at)
  cursor.position = at + 1
  return node
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
}

function escapeAt(source: string, at: number): { text: string; end: number } {
  const letter = source[at] ?? ''
  const simple = simpleEscapes[letter]
  if (simple !== undefined) return { text: simple, end: at + 1 }
  const width = letter === 'x' ? 2 : letter === 'u' ? 4 : 0
  const digits = source.slice(at + 1, at + 1 + width)
  if (width === 0 || !/^[0-9a-fA-F]+$/.test(digits) || digits.length !== width) giveUp()
  const code = Number.parseInt(digits, 16)
  if (code >= 0xd800 && code <= 0xdfff) giveUp()
  return { text: String.fromCharCode(code), end: at + 1 + width }
}

/** `|` with an optional `-` or `+`; an explicit indent is left to the full parser. */
export function readLiteral(cursor: Cursor, parent: number): Node {
  const node = cursor.place(scalar('', tags.string, 'quoted'))
  cursor.position++
  const sign = cursor.code
  if (sign === dash || sign === plus) cursor.position++
  cursor.expectLineEnd()
  const lines = literalLines(cursor, parent)
  let last = lines.length
  while (last > 0 && lines[last - 1] === '') last--
  const body = lines.slice(0, last).join('\n')
  if (sign === dash) node.value = body
  else if (sign === plus) node.value = lines.length === 0 ? '' : `${lines.join('\n')}\n`
  else node.value = last === 0 ? '' : `${body}\n`
  if (cursor.nextContent() && cursor.indent > parent) giveUp()
  return node
}

/** The lines of a block, without the indent of the first that has content. */
function literalLines(cursor: Cursor, parent: number): string[] {
  const { source, end } = cursor
  const lines: string[] = []
  let indent = -1
  let widestBlank = 0
  while (cursor.position < end) {
    let at = cursor.position
    while (source.charCodeAt(at) === space) at++
    const found = source.indexOf('\n', at)
    const lineEnd = found < 0 ? end : found
    const width = at - cursor.position
    const isBlankLine = at === lineEnd
    if (!isBlankLine && indent < 0) {
      if (width <= parent) break
      if (widestBlank > width || source.charCodeAt(at) === tab) giveUp()
      indent = width
    }
    if (!isBlankLine && width < indent) break
    // The text ends without a line break: whether that makes a line is the full parser's business.
    if (found < 0) giveUp()
    if (isBlankLine && indent < 0) widestBlank = Math.max(widestBlank, width)
    lines.push(
      indent >= 0 && (!isBlankLine || width > indent) ? source.slice(cursor.position + indent, lineEnd) : '',
    )
    cursor.startLine(lineEnd + 1)
  }
  return lines
}
