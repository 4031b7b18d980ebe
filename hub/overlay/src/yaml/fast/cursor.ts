import type { Node } from '../node.ts'
import { hash, isBlank, newline, percent, space, tab } from './characters.ts'

export interface ParseLimits {
  readonly nestingLevels: number
  readonly nodesPerFile: number
}

/** Thrown when the text is not in the subset that is parsed fast. */
export const unsupported = Symbol('not in the subset that is parsed fast')

export function giveUp(): never {
  throw unsupported
}

/** Keys and values of a mapping whose keys are compared one by one. */
const maxContent = 2_000

/** Control characters, byte order marks and surrogates are left to the full parser. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are meant
const unusual = /[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ufeff\u2028\u2029\ud800-\udfff]/

/** A place in a text, and the moves over white space and comments that all of YAML shares. */
export class Cursor {
  readonly source: string
  readonly end: number
  readonly maxDepth: number
  readonly #file: string
  #nodesLeft: number
  #line: number
  #isStarted = false
  position = 0
  lineStart = 0
  /** Columns before the content of the current line; -1 at the end of the text. */
  indent = 0

  constructor(source: string, file: string, limits: ParseLimits, firstLine: number) {
    if (unusual.test(source)) giveUp()
    this.source = source
    this.#file = file
    this.#line = firstLine + 1
    this.end = source.length
    this.maxDepth = limits.nestingLevels
    this.#nodesLeft = limits.nodesPerFile
  }

  get code(): number {
    return this.source.charCodeAt(this.position)
  }

  get column(): number {
    return this.position - this.lineStart
  }

  /** Moves to the first character of the next line with content; false at the end of the text. */
  nextContent(): boolean {
    const { source } = this
    while (this.position < this.end) {
      let at = this.position
      while (source.charCodeAt(at) === space) at++
      const code = source.charCodeAt(at)
      if (code === newline || at >= this.end) this.startLine(at + 1)
      else if (code === hash) {
        const lineEnd = source.indexOf('\n', at)
        this.startLine(lineEnd < 0 ? this.end : lineEnd + 1)
      } else {
        if (code === tab) giveUp()
        this.indent = at - this.lineStart
        this.position = at
        if (this.indent === 0 && (code === percent || this.#isMarker(at))) giveUp()
        this.#isStarted = true
        return true
      }
    }
    this.position = this.end
    this.indent = -1
    return false
  }

  /** `...`, or a `---` that is not the first thing in the text. */
  #isMarker(at: number): boolean {
    return this.source.startsWith('...', at) || (this.#isStarted && this.source.startsWith('---', at))
  }

  startLine(at: number): void {
    this.#line++
    this.lineStart = at
    this.position = at
  }

  skipSpaces(): void {
    while (this.code === space) this.position++
    if (this.code === tab) giveUp()
  }

  /** Nothing but white space and a comment may follow on this line. */
  expectLineEnd(): void {
    const before = this.position
    this.skipSpaces()
    const { code } = this
    const isGlued =
      this.position === before &&
      this.position > this.lineStart &&
      !isBlank(this.source.charCodeAt(before - 1))
    if (code === hash ? isGlued : code !== newline && !Number.isNaN(code)) giveUp()
    this.endLine()
  }

  endLine(): void {
    const lineEnd = this.source.indexOf('\n', this.position)
    this.startLine(lineEnd < 0 ? this.end : lineEnd + 1)
  }

  /** Keys that occur twice, merge keys and mappings of unusual size are left to the full parser. */
  expectNewKey({ content }: Node, { value }: Node): void {
    if (value === '<<' || content.length > maxContent) giveUp()
    for (let index = 0; index < content.length; index += 2) {
      if (content[index]!.value === value) giveUp()
    }
  }

  /** Gives a node the current position. */
  place(node: Node): Node {
    if (--this.#nodesLeft < 0) giveUp()
    node.file = this.#file
    node.line = this.#line
    node.column = this.position - this.lineStart + 1
    return node
  }
}
