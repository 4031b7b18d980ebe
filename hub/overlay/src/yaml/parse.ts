import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml'
import { fail } from '../errors.ts'
import type { OverlayLimits } from '../limits.ts'
import { fastParse } from './fast/block.ts'
import { copy, mapping, type Node, scalar, sequence, tags } from './node.ts'
import { resolve } from './resolve.ts'

export interface ParseOptions {
  readonly limits: OverlayLimits
  /** Lines before the text in its file, for text that is part of a file. */
  readonly firstLine?: number
  /**
   * What becomes of two equal keys in a mapping; other than `refuse` only where the official binary is that
   * lenient: in a kustomization the last one counts, in a patch both are kept and the first is found.
   */
  readonly duplicateKeys?: 'refuse' | 'keep' | 'last'
}

/** Reads every document of a YAML (or JSON) file; empty documents are left out. */
export function parseStream(source: string, file: string, options: ParseOptions): Node[] {
  const normal = unixLines(source)
  const documents: Node[] = []
  for (const part of splitDocuments(normal, file)) {
    const node = parseDocument(part.text, file, {
      ...options,
      firstLine: (options.firstLine ?? 0) + part.line,
    })
    if (node !== undefined && node.tag !== tags.null) documents.push(node)
  }
  return documents
}

/** Reads a file that holds one document. Undefined when it is empty. */
export function parseOne(source: string, file: string, options: ParseOptions): Node | undefined {
  return parseDocument(unixLines(source), file, options)
}

function unixLines(source: string): string {
  return source.includes('\r\n') ? source.replaceAll('\r\n', '\n') : source
}

/** Kustomize splits on any line that starts with `---`; what follows on that line must be a comment. */
function splitDocuments(source: string, file: string): { text: string; line: number }[] {
  if (!source.includes('\n---')) return [{ text: source, line: 0 }]
  const parts: { text: string; line: number }[] = []
  const separator = /\n---.*\n/g
  let start = 0
  let line = 0
  for (let match = separator.exec(source); match !== null; match = separator.exec(source)) {
    const rest = match[0].slice(4).trim()
    const text = `${source.slice(start, match.index)}\n`
    const separatorLine = line + countLines(text)
    if (rest !== '' && !rest.startsWith('#'))
      fail(`invalid document separator "---${match[0].slice(4, -1)}"; put the content on a line of its own`, {
        file,
        line: separatorLine + 1,
        column: 1,
      })
    parts.push({ text, line })
    start = match.index + match[0].length
    line = separatorLine + 1
  }
  parts.push({ text: source.slice(start), line })
  return parts
}

function countLines(text: string): number {
  let lines = 0
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) lines++
  return lines
}

function parseDocument(source: string, file: string, options: ParseOptions): Node | undefined {
  if (source.trim() === '') return undefined
  if (source.startsWith('%'))
    fail('YAML directives are not supported', { file, line: (options.firstLine ?? 0) + 1, column: 1 })
  const fast = fastParse(source, file, options.limits, options.firstLine ?? 0)
  return fast ?? fullParse(source, file, options)
}

/** Reads one document with the YAML library, which knows the whole language and says what is wrong where. */
export function fullParse(source: string, file: string, options: ParseOptions): Node | undefined {
  const lineCounter = new LineCounter()
  const document = parseWithLibrary(source, file, lineCounter, options.limits)
  if (document === undefined) return undefined
  const error = document.errors[0]
  if (error?.code === 'RESOURCE_EXHAUSTION') failTooDeep(file, options.limits, error)
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0])
    fail(`not valid YAML: ${error.message}`, { file, line: line + (options.firstLine ?? 0), column: col })
  }
  return new Converter(file, lineCounter, options).convert(document.contents)
}

/** The YAML library recurses; a document that exhausts the stack is nested beyond any limit. */
function parseWithLibrary(
  source: string,
  file: string,
  lineCounter: LineCounter,
  limits: OverlayLimits,
): Document | undefined {
  try {
    const documents = parseAllDocuments(source, {
      lineCounter,
      schema: 'failsafe',
      uniqueKeys: false,
      merge: false,
      prettyErrors: false,
      logLevel: 'silent',
    })
    return Array.isArray(documents) ? (documents[0] as Document | undefined) : undefined
  } catch (error) {
    if (error instanceof RangeError) failTooDeep(file, limits, error)
    throw error
  }
}

function failTooDeep(file: string, limits: OverlayLimits, cause?: unknown): never {
  return fail(`nested deeper than ${limits.nestingLevels} levels`, { file }, cause)
}

class Converter {
  readonly #file: string
  readonly #firstLine: number
  readonly #lines: LineCounter
  readonly #limits: OverlayLimits
  readonly #duplicateKeys: 'refuse' | 'keep' | 'last'
  readonly #anchors = new Map<string, Node>()
  #count = 0

  constructor(file: string, lines: LineCounter, { limits, firstLine, duplicateKeys }: ParseOptions) {
    this.#file = file
    this.#firstLine = firstLine ?? 0
    this.#lines = lines
    this.#limits = limits
    this.#duplicateKeys = duplicateKeys ?? 'refuse'
  }

  convert(value: unknown, depth = 0): Node {
    if (depth > this.#limits.nestingLevels) failTooDeep(this.#file, this.#limits)
    if (isAlias(value)) {
      const target = this.#anchors.get(value.source)
      const position = this.#position(value.range)
      if (target === undefined) fail(`unknown anchor "${value.source}"`, position)
      this.#add(countNodes(target))
      return copy(target)
    }
    const node = this.#node(value, depth)
    this.#add(1)
    const range = (value as { range?: readonly number[] } | null)?.range
    const { line = 0, column = 0 } = this.#position(range)
    node.file = this.#file
    node.line = line
    node.column = column
    const anchor = (value as { anchor?: string } | null)?.anchor
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    return node
  }

  #node(value: unknown, depth: number): Node {
    if (isMap(value)) return this.#mapping(value.items, depth)
    if (isSeq(value)) return sequence(value.items.map((item) => this.convert(item, depth + 1)))
    if (isScalar(value)) return scalarNode(value)
    return scalar('', tags.null)
  }

  #mapping(items: readonly { key: unknown; value: unknown }[], depth: number): Node {
    const content: Node[] = []
    const merged: Node[] = []
    const { fieldsPerMapping } = this.#limits
    if (items.length > fieldsPerMapping)
      fail(`a mapping of more than ${fieldsPerMapping} fields`, { file: this.#file })
    const seen = new Set<string>()
    for (const item of items) {
      const key = this.convert(item.key, depth + 1)
      const value = this.convert(item.value, depth + 1)
      if (key.kind !== 'scalar') fail('a mapping key must be a scalar', this.#placeOf(key))
      if (key.value === '<<' && key.style === 'plain') {
        if (merged.length > 0) fail('more than one merge key "<<" in a mapping', this.#placeOf(key))
        merged.push(...mergeSources(value, this.#placeOf(key)))
        continue
      }
      if (seen.has(key.value)) {
        if (this.#duplicateKeys === 'refuse')
          fail(`the key "${key.value}" is already defined in this mapping`, this.#placeOf(key))
        if (this.#duplicateKeys === 'keep') content.push(key, value)
        else
          content[content.findIndex((known, index) => index % 2 === 0 && known.value === key.value) + 1] =
            value
        continue
      }
      seen.add(key.value)
      content.push(key, value)
    }
    for (const source of merged) {
      for (let index = 0; index < source.content.length; index += 2) {
        const key = source.content[index]!
        if (seen.has(key.value)) continue
        seen.add(key.value)
        content.push(copy(key), copy(source.content[index + 1]!))
      }
    }
    return mapping(content)
  }

  #add(nodes: number): void {
    this.#count += nodes
    if (this.#count > this.#limits.nodesPerFile)
      fail(`more than ${this.#limits.nodesPerFile} nodes after expanding aliases`, { file: this.#file })
  }

  #position(range: readonly number[] | null | undefined): { file: string; line?: number; column?: number } {
    if (range === undefined || range === null) return { file: this.#file }
    const { line, col } = this.#lines.linePos(range[0]!)
    return { file: this.#file, line: line + this.#firstLine, column: col }
  }

  #placeOf(node: Node): { file: string; line: number; column: number } {
    return { file: node.file, line: node.line, column: node.column }
  }
}

function mergeSources(value: Node, place: { file: string; line: number; column: number }): Node[] {
  if (value.kind === 'mapping') return [value]
  if (value.kind === 'sequence' && value.content.every((item) => item.kind === 'mapping'))
    return value.content
  return fail('the merge key "<<" needs a mapping or a list of mappings', place)
}

function scalarNode(value: { type?: string; value: unknown; source?: string; tag?: string }): Node {
  const isPlain = value.type === 'PLAIN' || value.type === undefined
  const written = typeof value.value === 'string' ? value.value : (value.source ?? '')
  if (value.tag !== undefined && value.tag !== '!') return scalar(written, shortTag(value.tag), 'tagged')
  if (!isPlain) return scalar(written, tags.string, value.type === 'BLOCK_FOLDED' ? 'folded' : 'quoted')
  if (written === '<<') return scalar(written, tags.merge, 'plain')
  return scalar(written, resolve(written).tag, 'plain')
}

function shortTag(tag: string): string {
  return tag.startsWith('tag:yaml.org,2002:') ? `!!${tag.slice('tag:yaml.org,2002:'.length)}` : tag
}

function countNodes(node: Node): number {
  let count = 1
  for (const child of node.content) count += countNodes(child)
  return count
}
