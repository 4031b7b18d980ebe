import { OverlayError, type Place, type Problem, problem } from '../errors.ts'
import { scalarValue } from '../yaml/json.ts'
import { isNull, kindName, type Node, tags } from '../yaml/node.ts'
import { resolveOld } from '../yaml/resolve.ts'

/**
 * Strict decoding of a YAML tree into plain values by a description of the expected shape. Collects every
 * problem with its file, line, column and field. Field names match whatever their case, as in the official
 * binary; null means absent.
 */
export type Shape =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'any'
  | { readonly list: Shape }
  | { readonly map: 'string' }
  | { readonly fields: Readonly<Record<string, Shape>> }

/** A string with the place it was written at. */
export interface Text {
  readonly value: string
  readonly at: Located
}

export interface Located extends Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly field: string
}

export type Decoded =
  | Located
  | Text
  | string
  | number
  | boolean
  | Node
  | Decoded[]
  | Map<string, Text>
  | DecodedObject
export interface DecodedObject {
  readonly at: Located
  readonly [field: string]: Decoded | undefined
}

export function decode(node: Node, shape: Shape, field: string): Decoded {
  return run(new Decoder(false), node, shape, field)
}

/** As `decode`, for the configurations of plugins: unknown fields are ignored, any scalar will do for a string. */
export function decodeLeniently(node: Node, shape: Shape): DecodedObject {
  return run(new Decoder(true), node, shape, '') as DecodedObject
}

function run(decoder: Decoder, node: Node, shape: Shape, field: string): Decoded {
  const value = decoder.decode(node, shape, field)
  if (decoder.problems.length > 0) throw new OverlayError(decoder.problems)
  return value!
}

export function locate(node: Node, field: string): Located {
  return { file: node.file, line: node.line, column: node.column, field }
}

class Decoder {
  readonly problems: Problem[] = []
  readonly #isLenient: boolean

  constructor(isLenient: boolean) {
    this.#isLenient = isLenient
  }

  decode(node: Node, shape: Shape, field: string): Decoded | undefined {
    if (shape === 'any') return node
    if (shape === 'string') return this.#string(node, field)
    if (shape === 'boolean') return this.#boolean(node, field)
    if (shape === 'integer') return this.#integer(node, field)
    if ('list' in shape) return this.#list(node, shape.list, field)
    if ('map' in shape) return this.#map(node, field)
    return this.#object(node, shape.fields, field)
  }

  #string(node: Node, field: string): Text | undefined {
    if (isNull(node)) return { value: '', at: locate(node, field) }
    if (this.#isLenient && node.kind === 'scalar')
      return { value: String(scalarValue(node)), at: locate(node, field) }
    if (!isText(node)) {
      const what =
        node.kind === 'scalar'
          ? `${node.value}, which YAML reads as ${meaning(node)}; quote it`
          : kindName(node)
      return this.#report(node, field, `expected a string, found ${what}`)
    }
    return { value: node.value, at: locate(node, field) }
  }

  #boolean(node: Node, field: string): boolean | undefined {
    const value = node.kind === 'scalar' && node.style === 'plain' ? resolveOld(node.value).value : undefined
    if (typeof value === 'boolean') return value
    if (isNull(node)) return false
    return this.#report(
      node,
      field,
      `expected true or false, found ${node.kind === 'scalar' ? `"${node.value}"` : kindName(node)}`,
    )
  }

  #integer(node: Node, field: string): number | undefined {
    const value = node.kind === 'scalar' && node.style === 'plain' ? resolveOld(node.value).value : undefined
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value
    if (isNull(node)) return 0
    return this.#report(
      node,
      field,
      `expected a whole number, found ${node.kind === 'scalar' ? `"${node.value}"` : kindName(node)}`,
    )
  }

  #list(node: Node, element: Shape, field: string): Decoded[] | undefined {
    if (isNull(node)) return []
    if (node.kind !== 'sequence') return this.#report(node, field, `expected a list, found ${kindName(node)}`)
    const result: Decoded[] = []
    for (const [index, item] of node.content.entries()) {
      const value = this.decode(item, element, `${field}[${index}]`)
      if (value !== undefined) result.push(value)
    }
    return result
  }

  #map(node: Node, field: string): Map<string, Text> | undefined {
    const result = new Map<string, Text>()
    if (isNull(node)) return result
    if (node.kind !== 'mapping')
      return this.#report(node, field, `expected a mapping of strings, found ${kindName(node)}`)
    for (let index = 0; index < node.content.length; index += 2) {
      const key = node.content[index]!
      const name = keyText(key)
      const value = this.#string(node.content[index + 1]!, `${field}.${name}`)
      if (value !== undefined) result.set(name, value)
    }
    return result
  }

  #object(node: Node, fields: Readonly<Record<string, Shape>>, field: string): DecodedObject | undefined {
    const at = locate(node, field)
    if (isNull(node)) return { at }
    if (node.kind !== 'mapping')
      return this.#report(node, field, `expected a mapping, found ${kindName(node)}`)
    const result: Record<string, Decoded | undefined> & { at: Located } = { at }
    for (let index = 0; index < node.content.length; index += 2) {
      const key = node.content[index]!
      const name = knownName(fields, key.value)
      const path = field === '' ? key.value : `${field}.${key.value}`
      if (name === undefined) {
        if (!this.#isLenient)
          this.#report(key, path, `unknown field "${key.value}"${suggestion(fields, key.value)}`)
        continue
      }
      const value = node.content[index + 1]!
      if (!isNull(value)) result[name] = this.decode(value, fields[name]!, path)
    }
    return result
  }

  #report(node: Node, field: string, message: string): undefined {
    this.problems.push(problem(message, locate(node, field)))
    return undefined
  }
}

function isText(node: Node): boolean {
  if (node.kind !== 'scalar') return false
  if (node.style === 'quoted' || node.style === 'folded') return true
  if (node.style === 'tagged') return node.tag === tags.string
  const { tag } = resolveOld(node.value)
  return tag === tags.string || tag === tags.timestamp
}

/** A key as YAML 1.1 and JSON make of it: `on` is "true". */
function keyText(key: Node): string {
  return key.style === 'plain' && !isText(key) ? String(resolveOld(key.value).value) : key.value
}

function meaning(node: Node): string {
  const { tag } = resolveOld(node.value)
  return tag === tags.bool ? 'a boolean' : 'a number'
}

function knownName(fields: Readonly<Record<string, Shape>>, written: string): string | undefined {
  if (Object.hasOwn(fields, written)) return written
  const lower = written.toLowerCase()
  return Object.keys(fields).find((name) => name.toLowerCase() === lower)
}

function suggestion(fields: Readonly<Record<string, Shape>>, written: string): string {
  const near = Object.keys(fields).find((name) => distance(name.toLowerCase(), written.toLowerCase()) <= 2)
  return near === undefined ? '' : `; did you mean "${near}"?`
}

function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 64) return 3
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const change = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(change, previous[column]! + 1, current[column - 1]! + 1))
    }
    previous = current
  }
  return previous[b.length]!
}
