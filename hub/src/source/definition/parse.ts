import type { ErrorCode } from '@roadstead/proto'
import * as v from 'valibot'
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { sourceLimits } from '../limits.ts'
import { explain, explainUnknown, isMissing } from './explain.ts'

/** A problem inside one file. Without line and column, the file as a whole is meant. */
export interface LocalProblem {
  readonly code: ErrorCode
  readonly message: string
  readonly line?: number
  readonly column?: number
}

export interface Parsed<T> {
  /** Absent when there is any problem. */
  readonly value?: T
  readonly problems: readonly LocalProblem[]
}

type Path = readonly (string | number)[]

/** Reads one file of ours: encoding, YAML, schema, unknown fields. All problems of a stage are found. */
export function parseDefinition<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Uint8Array,
): Parsed<v.InferOutput<Schema>> {
  if (bytes.byteLength > sourceLimits.definitionBytes) {
    const message = `the file has ${bytes.byteLength} bytes; the limit is ${sourceLimits.definitionBytes}`
    return { problems: [{ code: 'too-large', message }] }
  }
  const text = decodeText(bytes)
  if (text === undefined) return { problems: [notText] }
  const { document, lines, problems } = readYaml(text)
  if (!document) return { problems }
  return checkSchema(schema, document, lines)
}

/** Where a field stands in a file that parsed: its value, or the nearest thing around it. */
export function locate(bytes: Uint8Array, path: Path): { line: number; column: number } | undefined {
  const { document, lines } = readYaml(decodeText(bytes) ?? '')
  return document && position(document, lines, path, 'value')
}

const notText: LocalProblem = {
  code: 'invalid-yaml',
  message: 'this is a binary file; YAML in UTF-8 is wanted here',
}

/** Undefined for what is not UTF-8, or holds a zero byte, which no YAML does. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

interface Yaml {
  readonly document?: Document
  readonly lines: LineCounter
  readonly problems: readonly LocalProblem[]
}

function readYaml(text: string): Yaml {
  const lines = new LineCounter()
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
    const faults = [...document.errors, ...document.warnings]
    if (faults.length > 0) {
      return { lines, problems: faults.map(({ message, pos }) => invalidYaml(message, lines, pos[0])) }
    }
    if (document.contents === null)
      return { lines, problems: [{ code: 'invalid-yaml', message: 'the file is empty' }] }
    const deep = tooDeep(document.contents)
    if (deep !== undefined) {
      return {
        lines,
        problems: [invalidYaml(`more than ${sourceLimits.definitionDepth} levels deep`, lines, deep)],
      }
    }
    return { document, lines, problems: [] }
  } catch (error) {
    // The parser is recursive: brackets by the thousand end its stack before we can count them.
    if (!(error instanceof RangeError)) throw error
    return { lines, problems: [{ code: 'invalid-yaml', message: 'nested too deep' }] }
  }
}

function invalidYaml(message: string, lines: LineCounter, offset: number): LocalProblem {
  const { line, col } = lines.linePos(offset)
  return { code: 'invalid-yaml', message: message.replaceAll(/\s+/g, ' '), line, column: col }
}

/** The offset of the first node that is nested deeper than allowed. */
function tooDeep(root: unknown): number | undefined {
  const open: { node: unknown; depth: number }[] = [{ node: root, depth: 1 }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, depth } = next
    const children = isSeq(node) ? node.items : isMap(node) ? node.items.map((pair) => pair.value) : []
    if (children.length > 0 && depth > sourceLimits.definitionDepth)
      return isNode(node) ? (node.range?.[0] ?? 0) : 0
    for (const child of children) open.push({ node: child, depth: depth + 1 })
  }
  return undefined
}

function checkSchema<Schema extends v.GenericSchema>(
  schema: Schema,
  document: Document,
  lines: LineCounter,
): Parsed<v.InferOutput<Schema>> {
  const input = toValue(document)
  if (input instanceof Error) return { problems: [{ code: 'invalid-yaml', message: input.message }] }
  const result = v.safeParse(schema, input)
  const problems: LocalProblem[] = []
  const add = (message: string, path: Path, part: 'key' | 'value') =>
    problems.push({ code: 'invalid-field', message, ...position(document, lines, path, part) })
  for (const issue of result.issues ?? []) {
    const path = (issue.path ?? []).map((item) => item.key as string | number)
    // The message of a missing field names the field itself.
    const shown = isMissing(issue) ? path.slice(0, -1) : path
    const name = shown.length === 0 ? '' : `${pathText(shown)}: `
    add(`${name}${explain(issue)}`, path, issue.path?.at(-1)?.origin === 'key' ? 'key' : 'value')
  }
  for (const { path, known } of unknownFields(schema, input, [])) {
    add(explainUnknown(String(path.at(-1)), known), path, 'key')
  }
  return problems.length > 0 ? { problems } : { value: result.output as v.InferOutput<Schema>, problems }
}

function toValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: sourceLimits.definitionAliases })
  } catch (error) {
    return error instanceof ReferenceError ? new Error(`too many aliases: ${error.message}`) : error
  }
}

const pathText = (path: Path): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? key : `${text}.${key}`
  }, '')

interface Unknown {
  readonly path: Path
  readonly known: readonly string[]
}

/** Members of the input that no part of the schema speaks of. */
function unknownFields(schema: unknown, input: unknown, path: Path): Unknown[] {
  const { entries, item, value } = shapeOf(schema)
  if (entries !== undefined && isRecord(input)) {
    const known = Object.keys(entries)
    return Object.entries(input).flatMap(([key, member]) =>
      Object.hasOwn(entries, key)
        ? unknownFields(entries[key], member, [...path, key])
        : [{ path: [...path, key], known }],
    )
  }
  if (item !== undefined && Array.isArray(input)) {
    return input.flatMap((member, index) => unknownFields(item, member, [...path, index]))
  }
  if (value !== undefined && isRecord(input)) {
    return Object.entries(input).flatMap(([key, member]) => unknownFields(value, member, [...path, key]))
  }
  return []
}

interface Shape {
  readonly entries?: Readonly<Record<string, unknown>>
  readonly item?: unknown
  readonly value?: unknown
}

/** The members of a valibot schema, below the wrappers that make it optional or narrow it. */
function shapeOf(schema: unknown): Shape {
  const { wrapped, pipe } = schema as { wrapped?: unknown; pipe?: readonly unknown[] }
  if (wrapped !== undefined) return shapeOf(wrapped)
  if (pipe !== undefined && pipe[0] !== schema) return shapeOf(pipe[0])
  return schema as Shape
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where a path stands, or the nearest of its ancestors that was written at all. */
function position(
  document: Document,
  lines: LineCounter,
  path: Path,
  part: 'key' | 'value',
): { line: number; column: number } {
  let node: unknown = document.contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const [index, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    if (isSeq(node)) node = node.items[Number(key)]
    else if (isMap(node)) {
      const pair = node.items.find(
        ({ key: name }) => (isScalar(name) ? String(name.value) : undefined) === String(key),
      )
      if (!pair) break
      const isLast = index === path.length - 1
      const keyNode = pair.key
      const wantsKey =
        part === 'key' || !isNode(pair.value) || (isScalar(pair.value) && pair.value.source === '')
      if (isLast && wantsKey && isNode(keyNode)) node = keyNode
      else node = pair.value
    } else break
    if (!isNode(node)) break
    offset = node.range?.[0] ?? offset
  }
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}
