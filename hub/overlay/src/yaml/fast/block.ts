import { mapping, type Node, scalar, sequence, tags } from '../node.ts'
import {
  dash,
  doubleQuote,
  hash,
  isBreakOrBlank,
  newline,
  openBrace,
  openBracket,
  pipe,
  singleQuote,
  tab,
} from './characters.ts'
import { Cursor, giveUp, type ParseLimits, unsupported } from './cursor.ts'
import { readFlow } from './flow.ts'
import { readKey, readLiteral, readPlain, readQuoted, startsKey } from './scalars.ts'

/**
 * Reads the YAML that people write most: block mappings and lists, scalars on one line, literal blocks,
 * flow collections. Gives up (undefined) on everything else — anchors, tags, folded and multi-line scalars,
 * errors — which the full parser then reads. An order of magnitude faster than that one.
 */
export function fastParse(
  source: string,
  file: string,
  limits: ParseLimits,
  firstLine = 0,
): Node | undefined {
  try {
    return readDocument(new Cursor(source, file, limits, firstLine))
  } catch (error) {
    if (error === unsupported) return undefined
    throw error
  }
}

function readDocument(cursor: Cursor): Node {
  if (!cursor.nextContent()) giveUp()
  if (cursor.source.startsWith('---', cursor.position) && cursor.indent === 0) {
    cursor.position += 3
    cursor.expectLineEnd()
    if (!cursor.nextContent()) giveUp()
  }
  if (!isDash(cursor) && !startsKey(cursor)) giveUp()
  const node = readBlock(cursor, -1, 0)
  if (cursor.position < cursor.end) giveUp()
  return node
}

/** A collection whose lines are indented by more than `parent`. The cursor is at its first character. */
function readBlock(cursor: Cursor, parent: number, depth: number): Node {
  const { indent } = cursor
  if (depth > cursor.maxDepth || indent <= parent) giveUp()
  return isDash(cursor) ? readList(cursor, indent, depth) : readMapping(cursor, indent, depth)
}

function isDash({ source, position }: Cursor): boolean {
  if (source.charCodeAt(position) !== dash) return false
  const next = source.charCodeAt(position + 1)
  return next !== tab && isBreakOrBlank(next)
}

function readList(cursor: Cursor, indent: number, depth: number): Node {
  const node = cursor.place(sequence())
  while (cursor.indent === indent && isDash(cursor)) {
    cursor.position++
    node.content.push(readItem(cursor, indent, depth))
  }
  if (cursor.indent > indent) giveUp()
  return node
}

function readItem(cursor: Cursor, indent: number, depth: number): Node {
  cursor.skipSpaces()
  if (isLineEnd(cursor)) return readNested(cursor, indent, false, depth)
  if (isDash(cursor) || startsKey(cursor)) {
    cursor.indent = cursor.column
    return readBlock(cursor, indent, depth + 1)
  }
  return readInline(cursor, indent, depth)
}

function readMapping(cursor: Cursor, indent: number, depth: number): Node {
  const node = cursor.place(mapping())
  while (cursor.indent === indent && cursor.position < cursor.end) {
    if (isDash(cursor)) giveUp()
    const key = readKey(cursor)
    cursor.expectNewKey(node, key)
    cursor.skipSpaces()
    node.content.push(
      key,
      isLineEnd(cursor) ? readNested(cursor, indent, true, depth) : readInline(cursor, indent, depth),
    )
  }
  if (cursor.indent > indent) giveUp()
  return node
}

function isLineEnd({ code }: Cursor): boolean {
  return code === newline || code === hash || Number.isNaN(code)
}

/** What follows on the next lines, or null. A list may start at the indent of the field it belongs to. */
function readNested(cursor: Cursor, indent: number, isField: boolean, depth: number): Node {
  const nothing = cursor.place(scalar('', tags.null))
  cursor.endLine()
  if (!cursor.nextContent()) return nothing
  if (cursor.indent > indent) {
    if (!isDash(cursor) && !startsKey(cursor)) giveUp()
    return readBlock(cursor, indent, depth + 1)
  }
  return isField && cursor.indent === indent && isDash(cursor) ? readList(cursor, indent, depth + 1) : nothing
}

/** A value on the line of its key or dash. */
function readInline(cursor: Cursor, indent: number, depth: number): Node {
  const { code } = cursor
  if (code === pipe) return readLiteral(cursor, indent)
  const node = readOneLine(cursor, code, depth)
  cursor.expectLineEnd()
  // A line that is indented further would continue a plain scalar.
  if (cursor.nextContent() && cursor.indent > indent) giveUp()
  return node
}

function readOneLine(cursor: Cursor, code: number, depth: number): Node {
  if (code === doubleQuote || code === singleQuote) return readQuoted(cursor, code)
  if (code === openBracket || code === openBrace) return readFlow(cursor, depth + 1)
  return readPlain(cursor)
}
