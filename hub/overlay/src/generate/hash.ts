import { createHash } from 'node:crypto'
import type { Resource } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { type Json, toJson } from '../yaml/json.ts'
import { field, fieldAt, type Node } from '../yaml/node.ts'

/** Appends to the names of generated objects a hash of their content. */
export function addHashes(resources: ResourceSet): void {
  for (const resource of resources.all) {
    if (!resource.wantsHash) continue
    const hash = contentHash(resource)
    resource.rememberId()
    resource.setName(`${resource.name}-${hash}`, fieldAt(resource.node, 'metadata', 'name'))
  }
}

/**
 * Ten characters that avoid vowels and look-alikes, from the SHA-256 of the object's kind and data.
 * The official binary means to hash the name as well, but always hashes an empty one.
 */
export function contentHash(resource: Resource): string {
  const { node, kind } = resource
  const content: Record<string, Json> = { data: dataOf(node, 'data'), kind, name: '' }
  if (kind === 'Secret') {
    content.type = dataOf(node, 'type')
    addMap(content, node, 'stringData')
  } else addMap(content, node, 'binaryData')
  const digest = createHash('sha256').update(goJson(content)).digest('hex')
  return digest.slice(0, 10).replace(/[013ae]/g, (digit) => replacements[digit]!)
}

const replacements: Record<string, string> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }

function addMap(content: Record<string, Json>, node: Node, name: string): void {
  const value = field(node, name)
  if (value !== undefined && value.kind === 'mapping') content[name] = toJson(value)
}

function dataOf(node: Node, name: string): Json {
  const value = field(node, name)
  if (value === undefined) return ''
  return value.kind === 'scalar' ? value.value : toJson(value)
}

/** JSON as Go writes it: sorted keys, `<`, `>`, `&` and the line separators escaped. */
export function goJson(value: Json): string {
  if (typeof value === 'string') return goString(value)
  if (typeof value !== 'object' || value === null)
    return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  const object = value as { readonly [key: string]: Json }
  const keys = Object.keys(object).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return `{${keys.map((key) => `${goString(key)}:${goJson(object[key]!)}`).join(',')}}`
}

function goString(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029\x7f]/g, (character) =>
    character === '\x7f' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
