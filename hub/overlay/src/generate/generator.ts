import { fail, type Place } from '../errors.ts'
import { describeId, idsEqual } from '../resources/id.ts'
import { type GeneratorBehavior, placed, Resource } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import type { Schema } from '../schema/schema.ts'
import type { At } from '../transform/fields.ts'
import {
  copy,
  field,
  mapping,
  type Node,
  removeField,
  scalar,
  stringScalar,
  tags,
  text,
} from '../yaml/node.ts'
import { fieldOrCreate, setField } from '../yaml/set.ts'
import { decodeUtf8, type Entry } from './key-values.ts'

export interface GeneratorOptions {
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
  readonly disableNameSuffixHash: boolean
  readonly immutable: boolean
}

export const noOptions: GeneratorOptions = {
  labels: new Map(),
  annotations: new Map(),
  disableNameSuffixHash: false,
  immutable: false,
}

export interface Generator {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly namespace: string
  /** The type of a Secret. */
  readonly type: string
  readonly behavior: GeneratorBehavior
  readonly options: GeneratorOptions
  readonly at: At & Place
}

/** Options of one generator over those of the whole kustomization; a flag that either sets is set. */
export function mergeOptions(
  local: GeneratorOptions | undefined,
  global: GeneratorOptions | undefined,
): GeneratorOptions {
  if (global === undefined) return local ?? noOptions
  if (local === undefined) return global
  return {
    labels: new Map([...global.labels, ...local.labels]),
    annotations: new Map([...global.annotations, ...local.annotations]),
    disableNameSuffixHash: local.disableNameSuffixHash || global.disableNameSuffixHash,
    immutable: local.immutable || global.immutable,
  }
}

/** Makes the ConfigMap or Secret that a generator describes. */
export function generate(generator: Generator, entries: readonly Entry[], schema: Schema): Resource {
  const { kind, name, namespace, options, at } = generator
  if (name === '') fail(`a generated ${kind} needs a name`, { ...at, field: 'name' })
  const metadata = mapping()
  const node = mapping([
    scalar('apiVersion'),
    scalar('v1', tags.string),
    scalar('kind'),
    scalar(kind, tags.string),
    scalar('metadata'),
    metadata,
  ])
  setField(metadata, 'name', placed(scalar(name), at))
  if (namespace !== '') setField(metadata, 'namespace', placed(scalar(namespace), at))
  if (kind === 'Secret')
    setField(node, 'type', stringScalar(generator.type === '' ? 'Opaque' : generator.type))
  if (kind === 'Secret') fieldOrCreate(node, 'data', 'mapping')
  for (const entry of [...entries].sort((a, b) => (a.key < b.key ? -1 : 1))) addEntry(node, kind, entry)
  const resource = new Resource(placed(node, at), schema)
  if (options.labels.size > 0) resource.setLabels(options.labels)
  if (options.annotations.size > 0) resource.setAnnotations(options.annotations)
  if (options.immutable) setField(node, 'immutable', scalar('true', tags.bool))
  resource.wantsHash = !options.disableNameSuffixHash
  resource.behavior = generator.behavior
  resource.isGenerated = true
  return resource
}

function addEntry(node: Node, kind: string, { key, content, at }: Entry): void {
  const plain = decodeUtf8(content)
  const isData = kind === 'Secret' || plain !== undefined
  const value = kind === 'Secret' || plain === undefined ? base64(content) : plain
  const target = fieldOrCreate(node, isData ? 'data' : 'binaryData', 'mapping')
  setField(target, key, placed(stringScalar(value), at as At))
}

/** Base64 in lines of 70 characters, as the official binary writes it. A single line has no line end. */
export function base64(content: Uint8Array): string {
  const encoded = Buffer.from(content).toString('base64')
  if (encoded.length < 70) return encoded
  const lines: string[] = []
  for (let start = 0; start < encoded.length; start += 70) lines.push(`${encoded.slice(start, start + 70)}\n`)
  return lines.join('')
}

/** Adds a generated object, or merges it into (or puts it in the place of) the one it names. */
export function absorb(resources: ResourceSet, generated: Resource): void {
  const { id } = generated
  const matches = resources.withAnyId((candidate) => idsEqual(candidate, id))
  const isAddition = generated.behavior === 'merge' || generated.behavior === 'replace'
  if (matches.length > 1)
    fail(`${describeId(id)} is ambiguous: ${matches.length} objects could take it in`, generated.place)
  const existing = matches[0]
  if (existing === undefined) {
    if (isAddition)
      fail(`there is no ${describeId(id)} to ${generated.behavior}`, {
        ...generated.place,
        field: 'behavior',
      })
    resources.append(generated)
    return
  }
  if (!isAddition)
    fail(`${describeId(id)} exists already; the behavior must be merge or replace`, {
      ...generated.place,
      field: 'behavior',
    })
  const mode = generated.behavior
  inheritMetadata(generated, existing)
  if (mode === 'merge') mergeData(generated, existing)
  resources.replace(existing, generated)
}

function inheritMetadata(generated: Resource, existing: Resource): void {
  generated.setLabels(new Map([...existing.labels(), ...generated.labels()]))
  generated.setAnnotations(new Map([...existing.annotations(), ...generated.annotations()]))
  generated.setName(existing.name)
  generated.setNamespace(existing.namespace)
  generated.inheritFrom(existing)
}

function mergeData(generated: Resource, existing: Resource): void {
  const source =
    generated.kind === 'Secret' && generated.apiVersion === 'v1'
      ? encodeStringData(existing.node)
      : existing.node
  mergeMap(generated.node, source, 'data')
  mergeMap(generated.node, existing.node, 'binaryData')
  if (existing.origin !== undefined) generated.origin = existing.origin
}

function mergeMap(node: Node, source: Node, name: string): void {
  const merged = new Map<string, Node>()
  for (const map of [field(source, name), field(node, name)]) {
    if (map === undefined || map.kind !== 'mapping') continue
    for (let index = 0; index < map.content.length; index += 2) {
      const value = map.content[index + 1]!
      merged.set(map.content[index]!.value, placed(stringScalar(text(value)), value))
    }
  }
  removeField(node, name)
  if (merged.size === 0) return
  const target = fieldOrCreate(node, name, 'mapping')
  for (const key of [...merged.keys()].sort()) setField(target, key, merged.get(key)!)
}

/** A Secret's `stringData` as the API server would store it: encoded, over `data`. */
function encodeStringData(secret: Node): Node {
  const strings = field(secret, 'stringData')
  if (strings === undefined || strings.kind !== 'mapping') return secret
  const result = copy(secret)
  const data = fieldOrCreate(result, 'data', 'mapping')
  for (let index = 0; index < strings.content.length; index += 2) {
    const value = strings.content[index + 1]!
    setField(
      data,
      strings.content[index]!.value,
      placed(stringScalar(base64(Buffer.from(text(value)))), value),
    )
  }
  return result
}
