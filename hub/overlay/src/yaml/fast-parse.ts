import { mapping, Node, noContent, scalar, sequence, tags } from './node.ts'
import { resolve } from './resolve.ts'

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
    return new FastParser(source, file, limits, firstLine).document()
  } catch (error) {
    if (error === unsupported) return undefined
    throw error
  }
}

interface ParseLimits {
  readonly nestingLevels: number
  readonly nodesPerFile: number
}

const unsupported = Symbol('not in the subset that is parsed fast')

function giveUp(): never {
  throw unsupported
}

const tab = 9
const newline = 10
const space = 32
const doubleQuote = 34
const hash = 35
const singleQuote = 39
const comma = 44
const dash = 45
const colon = 58
const openBracket = 91
const backslash = 92
const closeBracket = 93
const openBrace = 123
const closeBrace = 125

/** Control characters, byte order marks and lone carriage returns are left to the full parser. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
const unusual = /[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ufeff\u2028\u2029\ud800-\udfff]/

class FastParser {
  readonly #source: string
  readonly #file: string
  readonly #end: number
  readonly #maxDepth: number
  #nodesLeft: number
  #position = 0
  #line: number
  #lineStart = 0
  /** Columns before the content of the current line. */
  #indent = 0

  constructor(source: string, file: string, limits: ParseLimits, firstLine: number) {
    if (unusual.test(source)) giveUp()
    this.#source = source
    this.#file = file
    this.#line = firstLine + 1
    this.#end = source.length
    this.#maxDepth = limits.nestingLevels
    this.#nodesLeft = limits.nodesPerFile
  }

  document(): Node {
    if (!this.#nextContent()) giveUp()
    if (this.#source.startsWith('---', this.#position) && this.#indent === 0) {
      this.#position += 3
      this.#expectLineEnd()
      if (!this.#nextContent()) giveUp()
    }
    const node = this.#block(-1, 0)
    if (node.kind === 'scalar' || this.#position < this.#end) giveUp()
    return node
  }

  /** Moves to the first character of the next line with content; false at the end of the text. */
  #nextContent(): boolean {
    const source = this.#source
    while (this.#position < this.#end) {
      let at = this.#position
      while (source.charCodeAt(at) === space) at++
      const code = source.charCodeAt(at)
      if (code === newline || at >= this.#end) this.#startLine(at + 1)
      else if (code === hash) {
        const lineEnd = source.indexOf('\n', at)
        this.#startLine(lineEnd < 0 ? this.#end : lineEnd + 1)
      } else {
        if (code === tab) giveUp()
        this.#indent = at - this.#lineStart
        this.#position = at
        if (this.#indent === 0 && (code === 37 || source.startsWith('...', at))) giveUp()
        return true
      }
    }
    this.#position = this.#end
    this.#indent = -1
    return false
  }

  #startLine(at: number): void {
    this.#line++
    this.#lineStart = at
    this.#position = at
  }

  /** A collection or null whose lines are indented by more than `parent`. The position is at its first character. */
  #block(parent: number, depth: number): Node {
    if (depth > this.#maxDepth || this.#indent <= parent) giveUp()
    const isList = this.#isDash()
    return isList ? this.#list(this.#indent, depth) : this.#mapping(this.#indent, depth)
  }

  #isDash(): boolean {
    if (this.#source.charCodeAt(this.#position) !== dash) return false
    const next = this.#source.charCodeAt(this.#position + 1)
    return next === space || next === newline || Number.isNaN(next)
  }

  #list(indent: number, depth: number): Node {
    const node = this.#place(sequence())
    while (this.#indent === indent && this.#isDash()) {
      this.#position++
      node.content.push(this.#item(indent, depth))
    }
    if (this.#indent > indent) giveUp()
    return node
  }

  #item(indent: number, depth: number): Node {
    this.#skipSpaces()
    const code = this.#source.charCodeAt(this.#position)
    if (code === newline || code === hash || Number.isNaN(code)) return this.#nested(indent, false, depth)
    const column = this.#position - this.#lineStart
    if (this.#isDash() || this.#startsKey()) {
      this.#indent = column
      return this.#block(indent, depth + 1)
    }
    return this.#inline(indent, depth)
  }

  #mapping(indent: number, depth: number): Node {
    const node = this.#place(mapping())
    while (this.#indent === indent && this.#position < this.#end) {
      if (this.#isDash()) giveUp()
      const key = this.#key()
      for (let index = 0; index < node.content.length; index += 2) {
        if (node.content[index]!.value === key.value) giveUp()
      }
      if (key.value === '<<') giveUp()
      node.content.push(key, this.#value(indent, depth))
    }
    if (this.#indent > indent) giveUp()
    return node
  }

  #value(indent: number, depth: number): Node {
    this.#skipSpaces()
    const code = this.#source.charCodeAt(this.#position)
    if (code === newline || code === hash || Number.isNaN(code)) return this.#nested(indent, true, depth)
    return this.#inline(indent, depth)
  }

  /** What follows on the next lines, or null. A list may start at the indent of the field it belongs to. */
  #nested(indent: number, isField: boolean, depth: number): Node {
    const nothing = this.#place(scalar('', tags.null))
    this.#endLine()
    if (!this.#nextContent()) return nothing
    if (this.#indent > indent) {
      if (!this.#isDash() && !this.#startsKey()) giveUp()
      return this.#block(indent, depth + 1)
    }
    return isField && this.#indent === indent && this.#isDash() ? this.#list(indent, depth + 1) : nothing
  }

  /** A value on the line of its key or dash. */
  #inline(indent: number, depth: number): Node {
    const code = this.#source.charCodeAt(this.#position)
    if (code === 124) return this.#literal(indent)
    let node: Node
    if (code === doubleQuote || code === singleQuote) node = this.#quoted(code)
    else if (code === openBracket || code === openBrace) node = this.#flow(depth + 1)
    else node = this.#plain()
    this.#expectLineEnd()
    // A line that is indented further would continue a plain scalar.
    if (this.#nextContent() && this.#indent > indent) giveUp()
    return node
  }

  #plain(): Node {
    const start = this.#position
    const source = this.#source
    if (!startsPlain(source, start)) giveUp()
    let at = start
    for (; at < this.#end; at++) {
      const code = source.charCodeAt(at)
      if (code === newline) break
      if (code === hash && isBlank(source.charCodeAt(at - 1))) break
      if (code === colon && isBreakOrBlank(source.charCodeAt(at + 1))) giveUp()
    }
    const node = this.#place(plainScalar(source.slice(start, trimmedEnd(source, start, at))))
    this.#position = at
    return node
  }

  /** Does a `key:` start here? */
  #startsKey(): boolean {
    const source = this.#source
    const first = source.charCodeAt(this.#position)
    if (first === doubleQuote || first === singleQuote) {
      const close = source.indexOf(String.fromCharCode(first), this.#position + 1)
      const after = close < 0 ? Number.NaN : source.charCodeAt(close + 1)
      return after === colon
    }
    if (first === openBracket || first === openBrace) return false
    for (let at = this.#position; at < this.#end; at++) {
      const code = source.charCodeAt(at)
      if (code === newline || (code === hash && isBlank(source.charCodeAt(at - 1)))) return false
      if (code === colon && isBreakOrBlank(source.charCodeAt(at + 1))) return true
    }
    return false
  }

  #key(): Node {
    const source = this.#source
    const start = this.#position
    const first = source.charCodeAt(start)
    if (first === doubleQuote || first === singleQuote) {
      const key = this.#quoted(first)
      this.#skipSpaces()
      if (
        source.charCodeAt(this.#position) !== colon ||
        !isBreakOrBlank(source.charCodeAt(this.#position + 1))
      )
        giveUp()
      this.#position++
      return key
    }
    if (!startsPlain(source, start)) giveUp()
    for (let at = start; at < this.#end; at++) {
      const code = source.charCodeAt(at)
      if (code === newline || (code === hash && isBlank(source.charCodeAt(at - 1)))) giveUp()
      if (code !== colon || !isBreakOrBlank(source.charCodeAt(at + 1))) continue
      const key = this.#place(plainScalar(source.slice(start, trimmedEnd(source, start, at))))
      this.#position = at + 1
      return key
    }
    return giveUp()
  }

  #quoted(quote: number): Node {
    const source = this.#source
    const node = this.#place(scalar('', tags.string, 'quoted'))
    let at = this.#position + 1
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
    this.#position = at + 1
    return node
  }

  #flow(depth: number): Node {
    if (depth > this.#maxDepth) giveUp()
    const isList = this.#source.charCodeAt(this.#position) === openBracket
    const close = isList ? closeBracket : closeBrace
    const node = this.#place(isList ? sequence() : mapping())
    this.#position++
    for (;;) {
      this.#skipFlowSpace()
      if (this.#source.charCodeAt(this.#position) === close) break
      if (isList) node.content.push(this.#flowValue(depth))
      else this.#flowEntry(node, depth)
      this.#skipFlowSpace()
      const separator = this.#source.charCodeAt(this.#position)
      if (separator === close) break
      if (separator !== comma) giveUp()
      this.#position++
    }
    this.#position++
    return node
  }

  #flowEntry(node: Node, depth: number): void {
    const key = this.#flowScalar()
    for (let index = 0; index < node.content.length; index += 2) {
      if (node.content[index]!.value === key.value) giveUp()
    }
    if (key.value === '<<') giveUp()
    this.#skipFlowSpace()
    if (this.#source.charCodeAt(this.#position) !== colon) giveUp()
    const after = this.#source.charCodeAt(this.#position + 1)
    if (!isBreakOrBlank(after) && key.style !== 'quoted') giveUp()
    this.#position++
    this.#skipFlowSpace()
    const code = this.#source.charCodeAt(this.#position)
    if (code === comma || code === closeBrace) node.content.push(key, this.#place(scalar('', tags.null)))
    else node.content.push(key, this.#flowValue(depth))
  }

  #flowValue(depth: number): Node {
    const code = this.#source.charCodeAt(this.#position)
    if (code === openBracket || code === openBrace) return this.#flow(depth + 1)
    const node = this.#flowScalar()
    this.#skipFlowSpace()
    const next = this.#source.charCodeAt(this.#position)
    if (next !== comma && next !== closeBracket && next !== closeBrace) giveUp()
    return node
  }

  #flowScalar(): Node {
    const source = this.#source
    const start = this.#position
    const first = source.charCodeAt(start)
    if (first === doubleQuote || first === singleQuote) return this.#quoted(first)
    if (!startsPlain(source, start)) giveUp()
    let at = start
    for (; at < this.#end; at++) {
      const code = source.charCodeAt(at)
      if (code === newline || code === comma || isBracket(code)) break
      if (code === hash) giveUp()
      if (code === colon) {
        const next = source.charCodeAt(at + 1)
        if (isBreakOrBlank(next)) break
        if (next === comma || isBracket(next)) giveUp()
      }
    }
    if (at === start) giveUp()
    const node = this.#place(plainScalar(source.slice(start, trimmedEnd(source, start, at))))
    this.#position = at
    return node
  }

  #skipFlowSpace(): void {
    for (;;) {
      const code = this.#source.charCodeAt(this.#position)
      if (code === newline) this.#startLine(this.#position + 1)
      else if (code === space) this.#position++
      else if (code === tab || code === hash || Number.isNaN(code)) giveUp()
      // A line that looks like the start of a document ends the collection, which is an error.
      else if ((code === dash || code === 46) && this.#position === this.#lineStart) giveUp()
      else return
    }
  }

  /** `|` with an optional `-` or `+`; an explicit indent is left to the full parser. */
  #literal(parent: number): Node {
    const node = this.#place(scalar('', tags.string, 'quoted'))
    this.#position++
    const sign = this.#source.charCodeAt(this.#position)
    const chomp = sign === dash ? 'strip' : sign === 43 ? 'keep' : 'clip'
    if (chomp !== 'clip') this.#position++
    this.#expectLineEnd()
    const lines = this.#literalLines(parent)
    let last = lines.length
    while (last > 0 && lines[last - 1] === '') last--
    const body = lines.slice(0, last).join('\n')
    if (chomp === 'strip') node.value = body
    else if (chomp === 'keep') node.value = lines.length === 0 ? '' : `${lines.join('\n')}\n`
    else node.value = last === 0 ? '' : `${body}\n`
    if (this.#nextContent() && this.#indent > parent) giveUp()
    return node
  }

  #literalLines(parent: number): string[] {
    const source = this.#source
    const lines: string[] = []
    let indent = -1
    let widestBlank = 0
    while (this.#position < this.#end) {
      let at = this.#position
      while (source.charCodeAt(at) === space) at++
      const found = source.indexOf('\n', at)
      const lineEnd = found < 0 ? this.#end : found
      const width = at - this.#position
      if (at === lineEnd) {
        if (indent < 0) widestBlank = Math.max(widestBlank, width)
        // Without a line break at its end, trailing white space is not a line.
        if (found < 0 && (indent < 0 || width <= indent)) {
          this.#position = this.#end
          break
        }
        lines.push(indent >= 0 && width > indent ? source.slice(this.#position + indent, lineEnd) : '')
      } else {
        if (indent < 0) {
          if (width <= parent) break
          if (widestBlank > width || source.charCodeAt(at) === tab) giveUp()
          indent = width
        } else if (width < indent) break
        lines.push(source.slice(this.#position + indent, lineEnd))
        if (found < 0) {
          // A last line without a line break is kept without one; that is the full parser's business.
          giveUp()
        }
      }
      this.#startLine(lineEnd + 1)
    }
    if (this.#position > this.#end) this.#position = this.#end
    return lines
  }

  #skipSpaces(): void {
    while (this.#source.charCodeAt(this.#position) === space) this.#position++
    if (this.#source.charCodeAt(this.#position) === tab) giveUp()
  }

  /** Nothing but white space and a comment may follow on this line. */
  #expectLineEnd(): void {
    const before = this.#position
    this.#skipSpaces()
    const code = this.#source.charCodeAt(this.#position)
    if (
      code === hash &&
      this.#position === before &&
      this.#position > this.#lineStart &&
      !isBlank(this.#source.charCodeAt(before - 1))
    )
      giveUp()
    if (code !== newline && code !== hash && !Number.isNaN(code)) giveUp()
    this.#endLine()
  }

  #endLine(): void {
    const lineEnd = this.#source.indexOf('\n', this.#position)
    this.#startLine(lineEnd < 0 ? this.#end : lineEnd + 1)
  }

  #place(node: Node): Node {
    if (--this.#nodesLeft < 0) giveUp()
    node.file = this.#file
    node.line = this.#line
    node.column = this.#position - this.#lineStart + 1
    return node
  }
}

function plainScalar(text: string): Node {
  return new Node('scalar', text === '<<' ? tags.merge : resolve(text).tag, text, 'plain', noContent)
}

function startsPlain(source: string, at: number): boolean {
  const code = source.charCodeAt(at)
  if (code === dash || code === colon || code === 63) {
    const next = source.charCodeAt(at + 1)
    return !isBreakOrBlank(next) && next !== comma && !isBracket(next)
  }
  return !Number.isNaN(code) && !isIndicator(code)
}

/** `# , [ ] { } & * ! | > ' " % @` and the backtick cannot start a plain scalar. */
function isIndicator(code: number): boolean {
  return (
    (code >= 33 && code <= 39 && code !== 36) ||
    code === 42 ||
    code === comma ||
    code === 62 ||
    code === 64 ||
    code === 96 ||
    code === 124 ||
    code === newline ||
    code === tab ||
    isBracket(code)
  )
}

function isBracket(code: number): boolean {
  return code === openBracket || code === closeBracket || code === openBrace || code === closeBrace
}

function isBlank(code: number): boolean {
  return code === space || code === tab
}

function isBreakOrBlank(code: number): boolean {
  return code === space || code === newline || code === tab || Number.isNaN(code)
}

function trimmedEnd(source: string, start: number, end: number): number {
  let last = end
  while (last > start && isBlank(source.charCodeAt(last - 1))) last--
  return last
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
