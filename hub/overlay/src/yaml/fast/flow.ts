import { mapping, type Node, scalar, sequence, tags } from '../node.ts'
import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  dash,
  dot,
  doubleQuote,
  hash,
  isBracket,
  isBreakOrBlank,
  newline,
  openBrace,
  openBracket,
  singleQuote,
  space,
  startsPlain,
  tab,
  trimmedEnd,
} from './characters.ts'
import { type Cursor, giveUp } from './cursor.ts'
import { plainScalar, readQuoted } from './scalars.ts'

/** `[…]` or `{…}`, which may go over several lines; comments inside are left to the full parser. */
export function readFlow(cursor: Cursor, depth: number): Node {
  if (depth > cursor.maxDepth) giveUp()
  const isList = cursor.code === openBracket
  const close = isList ? closeBracket : closeBrace
  const node = cursor.place(isList ? sequence() : mapping())
  cursor.position++
  for (;;) {
    skipFlowSpace(cursor)
    if (cursor.code === close) break
    if (isList) node.content.push(readValue(cursor, depth))
    else readEntry(cursor, node, depth)
    skipFlowSpace(cursor)
    if (cursor.code === close) break
    if (cursor.code !== comma) giveUp()
    cursor.position++
  }
  cursor.position++
  return node
}

function readEntry(cursor: Cursor, node: Node, depth: number): void {
  const key = readScalar(cursor)
  cursor.expectNewKey(node, key)
  skipFlowSpace(cursor)
  if (cursor.code !== colon) giveUp()
  const after = cursor.source.charCodeAt(cursor.position + 1)
  if (!isBreakOrBlank(after) && key.style !== 'quoted') giveUp()
  cursor.position++
  skipFlowSpace(cursor)
  const next = cursor.source.charCodeAt(cursor.position)
  const isMissing = next === comma || next === closeBrace
  node.content.push(key, isMissing ? cursor.place(scalar('', tags.null)) : readValue(cursor, depth))
}

function readValue(cursor: Cursor, depth: number): Node {
  if (cursor.code === openBracket || cursor.code === openBrace) return readFlow(cursor, depth + 1)
  const node = readScalar(cursor)
  skipFlowSpace(cursor)
  const { code } = cursor
  if (code !== comma && code !== closeBracket && code !== closeBrace) giveUp()
  return node
}

function readScalar(cursor: Cursor): Node {
  const { source, position: start, end, code: first } = cursor
  if (first === doubleQuote || first === singleQuote) return readQuoted(cursor, first)
  if (!startsPlain(source, start)) giveUp()
  let at = start
  for (; at < end; at++) {
    const code = source.charCodeAt(at)
    if (code === newline || code === comma || isBracket(code)) break
    if (code === hash) giveUp()
    if (code !== colon) continue
    const next = source.charCodeAt(at + 1)
    if (isBreakOrBlank(next)) break
    if (next === comma || isBracket(next)) giveUp()
  }
  if (at === start) giveUp()
  const node = cursor.place(plainScalar(source.slice(start, trimmedEnd(source, start, at))))
  cursor.position = at
  return node
}

function skipFlowSpace(cursor: Cursor): void {
  for (;;) {
    const { code } = cursor
    if (code === newline) cursor.startLine(cursor.position + 1)
    else if (code === space) cursor.position++
    else if (code === tab || code === hash || Number.isNaN(code)) giveUp()
    // A line that looks like the start of a document ends the collection, which is an error.
    else if ((code === dash || code === dot) && cursor.position === cursor.lineStart) giveUp()
    else return
  }
}
