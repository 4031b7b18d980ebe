import { fail } from '../errors.ts'
import { mapping, type Node, scalar, sequence, tags } from './node.ts'
import { resolve, resolveOld } from './resolve.ts'

export type Json =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json }

/** The JSON value of a tree. Integers beyond the safe range become bigint; other numbers lose their spelling. */
export function toJson(node: Node): Json {
  return convert(node, scalarValue)
}

/** As `toJson` for what the official binary reads as YAML 1.1: `yes` is true, a timestamp is text. */
export function toOldJson(node: Node): Json {
  return convert(node, oldScalarValue)
}

function convert(node: Node, readScalar: (scalar: Node) => Json): Json {
  if (node.kind === 'scalar') return readScalar(node)
  if (node.kind === 'sequence') return node.content.map((element) => convert(element, readScalar))
  const result: Record<string, Json> = {}
  for (let index = 0; index < node.content.length; index += 2) {
    const key = node.content[index]!
    const name = key.value
    if (key.tag !== tags.string) requireTextKey(key)
    if (Object.hasOwn(result, name))
      fail(`the key "${name}" is already defined in this mapping`, placeOf(key))
    const value = convert(node.content[index + 1]!, readScalar)
    if (name === '__proto__')
      Object.defineProperty(result, name, { value, enumerable: true, writable: true, configurable: true })
    else result[name] = value
  }
  return result
}

/** A scalar's value: quoted text is a string, plain text is what it resolves to, unless a tag says otherwise. */
export function scalarValue(node: Node): Json {
  const { tag, value, style } = node
  if (tag === tags.string) return style === 'folded' ? refolded(value) : value
  const resolved = resolve(value)
  if (style === 'tagged') return tagged(node)
  if (style === 'quoted' || style === 'folded' || value.includes('\n')) {
    return tag === tags.none || resolved.tag === tag ? value : tagged(node)
  }
  if (tag !== tags.none && resolved.tag !== tag) return tagged(node)
  if (typeof resolved.value === 'number' && !Number.isFinite(resolved.value))
    fail(`${value} has no JSON value`, placeOf(node))
  return resolved.value
}

/**
 * The official binary writes every object out and reads it again, and its writer adds an empty line to a
 * folded text before lines that are indented further.
 */
function refolded(text: string): string {
  if (/^\n*[ \t]/.test(text) || / \n/.test(text) || text.endsWith(' ')) return text
  return text.replace(/(^|\n)([^ \t\n][^\n]*)(\n+)(?=[ \t])/g, '$1$2\n$3')
}

/** JSON has only text for keys; `2: x` and `true: x` must be quoted. */
function requireTextKey(key: Node): void {
  if (key.style !== 'plain' || resolve(key.value).tag === tags.string) return
  fail(
    `the key ${key.value === '' ? '(empty)' : key.value} must be quoted: YAML reads it as ${key.tag.slice(2) || 'a number or boolean'}`,
    placeOf(key),
  )
}

function oldScalarValue(node: Node): Json {
  if (node.style !== 'plain') return scalarValue(node)
  const { tag, value } = resolveOld(node.value)
  return tag === tags.timestamp ? node.value : value
}

function tagged(node: Node): Json {
  const { tag, value } = node
  const resolved = resolve(value)
  if (tag === tags.binary) return Buffer.from(value, 'base64').toString('utf8')
  if (tag === resolved.tag || (tag === tags.float && resolved.tag === tags.int)) return resolved.value
  if (!Object.values<string>(tags).includes(tag)) return value
  return fail(`"${value}" cannot be read as ${tag}`, placeOf(node))
}

/** A tree for a JSON value, as if it had been written in a file. */
export function fromJson(value: Json): Node {
  if (value === null) return scalar('null', tags.null)
  if (typeof value === 'string')
    return scalar(
      value,
      tags.string,
      resolve(value).tag === tags.string && !value.includes('\n') ? 'plain' : 'quoted',
    )
  if (typeof value === 'boolean') return scalar(String(value), tags.bool)
  if (typeof value === 'bigint') return scalar(String(value), tags.int)
  if (typeof value === 'number') return scalar(String(value), Number.isInteger(value) ? tags.int : tags.float)
  if (Array.isArray(value)) return sequence(value.map(fromJson))
  return mapping(Object.entries(value).flatMap(([key, item]) => [scalar(key, tags.string), fromJson(item)]))
}

export function placeOf(node: Node): { file?: string; line?: number; column?: number } {
  return node.line === 0 ? {} : { file: node.file, line: node.line, column: node.column }
}
