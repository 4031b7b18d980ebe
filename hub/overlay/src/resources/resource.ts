import type { Schema } from '../schema/schema.ts'
import { placeOf } from '../yaml/json.ts'
import {
  field,
  fieldAt,
  isEmpty,
  mapping,
  type Node,
  removeField,
  scalar,
  stringScalar,
} from '../yaml/node.ts'
import { fieldOrCreate, setField } from '../yaml/set.ts'
import { effectiveNamespace, type Gvk, parseApiVersion, type ResourceId } from './id.ts'
import type { Origin } from './origin.ts'

export type GeneratorBehavior = 'create' | 'replace' | 'merge' | 'unspecified'

interface PreviousId {
  readonly name: string
  readonly namespace: string
  readonly kind: string
}

/** One object of a build, with what the build knows about it besides its content. */
export class Resource {
  /** Undefined once a patch has deleted the object. */
  node: Node
  isDeleted = false
  readonly #schema: Schema
  #previous: PreviousId[] = []
  prefixes: string[] = []
  suffixes: string[] = []
  /** A generated object whose name gets a hash of its content. */
  wantsHash = false
  behavior: GeneratorBehavior = 'unspecified'
  isGenerated = false
  allowNameChange = false
  allowKindChange = false
  /** Names of the vars that read their value from this object. */
  variables: string[] = []
  origin: Origin | undefined
  transformations: Origin[] = []

  constructor(node: Node, schema: Schema) {
    this.node = node
    this.#schema = schema
  }

  get apiVersion(): string {
    return field(this.node, 'apiVersion')?.value ?? ''
  }
  get kind(): string {
    return field(this.node, 'kind')?.value ?? ''
  }
  get name(): string {
    return this.#metadataText('name')
  }
  get namespace(): string {
    return this.#metadataText('namespace')
  }

  get gvk(): Gvk {
    return { ...parseApiVersion(this.apiVersion), kind: this.kind }
  }

  /** What the object is called now. */
  get id(): ResourceId {
    const { apiVersion, kind } = this
    const isClusterScoped = this.#schema.isClusterScoped(apiVersion, kind)
    return {
      ...parseApiVersion(apiVersion),
      kind,
      name: this.name,
      namespace: this.namespace,
      isClusterScoped,
    }
  }

  /** What the object was called before each renaming, oldest first. */
  get previousIds(): ResourceId[] {
    if (this.#previous.length === 0) return []
    const version = parseApiVersion(this.apiVersion)
    return this.#previous.map((previous) => ({ ...version, ...previous, isClusterScoped: false }))
  }

  get hasPreviousIds(): boolean {
    return this.#previous.length > 0
  }

  /** What the object was called in the file it came from. */
  get originalId(): ResourceId {
    return this.previousIds[0] ?? this.id
  }

  /** Every id the object has had, the current one last. */
  get allIds(): ResourceId[] {
    return [...this.previousIds, this.id]
  }

  rememberId(): void {
    const id = this.id
    this.#previous = [...this.#previous, { name: id.name, namespace: effectiveNamespace(id), kind: id.kind }]
  }

  /** Takes over what the build knew of an object this one takes the place of. */
  inheritFrom(other: Resource): void {
    this.#previous = [...other.#previous]
    this.prefixes = [...other.prefixes]
    this.suffixes = [...other.suffixes]
    this.variables = [...other.variables]
    this.behavior = other.behavior
    this.allowNameChange = other.allowNameChange
    this.allowKindChange = other.allowKindChange
    this.wantsHash = this.wantsHash && other.wantsHash
  }

  setName(name: string, at?: Node): void {
    setField(this.#metadata(), 'name', placed(scalar(name), at))
  }

  setNamespace(namespace: string): void {
    if (namespace === '') {
      const metadata = field(this.node, 'metadata')
      if (metadata !== undefined) removeField(metadata, 'namespace')
    } else setField(this.#metadata(), 'namespace', scalar(namespace))
  }

  labels(): Map<string, string> {
    return textMap(fieldAt(this.node, 'metadata', 'labels'))
  }

  annotations(): Map<string, string> {
    return textMap(fieldAt(this.node, 'metadata', 'annotations'))
  }

  setLabels(labels: ReadonlyMap<string, string>): void {
    this.#setMetadataMap('labels', labels)
  }

  setAnnotations(annotations: ReadonlyMap<string, string>): void {
    this.#setMetadataMap('annotations', annotations)
  }

  /**
   * Writes what the build knows of the object into its annotations, where the official binary keeps it all
   * the time. Only work that reads or replaces whole annotation maps can tell: it may find a map where the
   * file has none, copy it elsewhere, or make the build forget.
   */
  showBuildAnnotations(): void {
    const annotations = this.annotations()
    for (const [key, value] of buildAnnotations(this)) annotations.set(key, value)
    if (annotations.size > 0) this.setAnnotations(annotations)
  }

  /** Takes them out again; `recall` also believes what they say by now. */
  hideBuildAnnotations(afterwards: 'recall' | 'restore'): void {
    const annotations = this.annotations()
    if (afterwards === 'recall') this.#recall(annotations)
    for (const key of buildAnnotationKeys) annotations.delete(key)
    this.setAnnotations(annotations)
  }

  #recall(annotations: ReadonlyMap<string, string>): void {
    const list = (key: string): string[] => annotations.get(key)?.split(',') ?? []
    const names = list(keys.previousNames)
    const namespaces = list(keys.previousNamespaces)
    const kinds = list(keys.previousKinds)
    this.#previous = names.map((name, index) => ({
      name,
      namespace: namespaces[index] ?? '',
      kind: kinds[index] ?? '',
    }))
    this.prefixes = list(keys.prefixes)
    this.suffixes = list(keys.suffixes)
    this.wantsHash = annotations.get(keys.wantsHash) === 'enabled'
  }

  get place(): { file?: string; line?: number; column?: number } {
    return placeOf(this.node)
  }

  #metadataText(name: string): string {
    const value = field(field(this.node, 'metadata'), name)
    return value === undefined || isEmpty(value) ? '' : value.value
  }

  #metadata(): Node {
    return fieldOrCreate(this.node, 'metadata', 'mapping')
  }

  /** Kustomize writes these maps anew: sorted keys, every value a string, no map when it is empty. */
  #setMetadataMap(name: string, values: ReadonlyMap<string, string>): void {
    const metadata = this.#metadata()
    const existing = removeField(metadata, name)
    if (values.size === 0) return
    const node = mapping()
    if (existing !== undefined) placed(node, existing)
    for (const key of [...values.keys()].sort()) {
      const value = stringScalar(values.get(key)!)
      const old = field(existing, key)
      setField(node, key, placed(value, old))
      if (old !== undefined) value.before = old.before
    }
    metadata.content.push(scalar(name), node)
  }
}

const domain = 'internal.config.kubernetes.io'
const keys = {
  previousNames: `${domain}/previousNames`,
  previousNamespaces: `${domain}/previousNamespaces`,
  previousKinds: `${domain}/previousKinds`,
  prefixes: `${domain}/prefixes`,
  suffixes: `${domain}/suffixes`,
  behavior: `${domain}/generatorBehavior`,
  wantsHash: `${domain}/needsHashSuffix`,
} as const
const buildAnnotationKeys: readonly string[] = Object.values(keys)

function buildAnnotations(resource: Resource): [key: string, value: string][] {
  const previous = resource.previousIds
  const lists: [string, readonly string[]][] = [
    [keys.previousNames, previous.map((id) => id.name)],
    [keys.previousNamespaces, previous.map((id) => id.namespace)],
    [keys.previousKinds, previous.map((id) => id.kind)],
    [keys.prefixes, resource.prefixes],
    [keys.suffixes, resource.suffixes],
    [keys.behavior, resource.isGenerated ? [resource.behavior] : []],
    [keys.wantsHash, resource.wantsHash ? ['enabled'] : []],
  ]
  return lists.filter(([, values]) => values.length > 0).map(([key, values]) => [key, values.join(',')])
}

/** Gives a made node the position of what it was made from. */
export function placed(node: Node, from: { file: string; line: number; column: number } | undefined): Node {
  if (from === undefined) return node
  node.file = from.file
  node.line = from.line
  node.column = from.column
  return node
}

function textMap(node: Node | undefined): Map<string, string> {
  const result = new Map<string, string>()
  if (node === undefined || node.kind !== 'mapping') return result
  for (let index = 0; index < node.content.length; index += 2) {
    result.set(node.content[index]!.value, node.content[index + 1]!.value)
  }
  return result
}
