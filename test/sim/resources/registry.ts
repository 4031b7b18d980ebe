import { builtinSchema } from '../schema/builtin.ts'
import { customSchema } from '../schema/crd.ts'
import { isMap, type Json, type MapSchema } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import type { Store } from '../store/store.ts'
import { KINDS } from './builtin.ts'
import {
  apiVersionOf,
  type CustomColumn,
  groupResourceOf,
  type ResourceKind,
  type ScalePaths,
} from './kind.ts'

export const CRD_RESOURCE = 'customresourcedefinitions.apiextensions.k8s.io'

/** What the cluster serves right now: the built-in kinds, and custom ones while their definition is established. */
export class Registry {
  readonly #byPath = new Map<string, ResourceKind>()
  #byKind = new Map<string, ResourceKind>()
  #byResource = new Map<string, ResourceKind>()
  readonly #custom = new Map<string, readonly ResourceKind[]>()
  /** Grows whenever the set of served kinds changes, so that documents derived from it can be cached. */
  generation = 0

  constructor(store: Store) {
    for (const kind of KINDS) this.#byPath.set(pathOf(kind), kind)
    this.#index()
    store.subscribe((event) => {
      if (event.resource !== CRD_RESOURCE) return
      this.#follow(event.type === 'DELETED' ? undefined : event.object, event.object.metadata.name)
    })
  }

  /** Reads the definitions of a store that was filled without events. */
  reload(store: Store): void {
    for (const name of [...this.#custom.keys()]) this.#follow(undefined, name)
    for (const crd of store.list(CRD_RESOURCE)) this.#follow(crd, crd.metadata.name)
  }

  find(group: string, version: string, plural: string): ResourceKind | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`)
  }

  findKind(apiVersion: string, kind: string): ResourceKind | undefined {
    return this.#byKind.get(`${apiVersion} ${kind}`)
  }

  /** The kind under which a stored resource (`deployments.apps`) is written by the cluster's own controllers. */
  byResource(resource: string): ResourceKind | undefined {
    return this.#byResource.get(resource)
  }

  all(): ResourceKind[] {
    return [...this.#byPath.values()]
  }

  #index(): void {
    const all = this.all()
    this.#byKind = new Map(all.map((kind) => [`${apiVersionOf(kind)} ${kind.kind}`, kind]))
    this.#byResource = new Map(all.map((kind) => [groupResourceOf(kind), kind]))
  }

  #follow(crd: KubeObject | undefined, name: string): void {
    for (const kind of this.#custom.get(name) ?? []) this.#byPath.delete(pathOf(kind))
    this.#custom.delete(name)
    if (crd && isEstablished(crd)) {
      const kinds = customKinds(crd)
      this.#custom.set(name, kinds)
      for (const kind of kinds) this.#byPath.set(pathOf(kind), kind)
    }
    this.#index()
    this.generation++
  }
}

export const schemaOfKind = (kind: ResourceKind): MapSchema =>
  kind.custom ? (kind.custom.schema as MapSchema) : builtinSchema(kind.type)

const pathOf = (kind: ResourceKind) => `${kind.group}/${kind.version}/${kind.plural}`

function isEstablished(crd: KubeObject): boolean {
  const status = crd.status as { conditions?: { type: string; status: string }[] } | undefined
  return status?.conditions?.some((one) => one.type === 'Established' && one.status === 'True') ?? false
}

interface CrdSpec {
  readonly group: string
  readonly scope: string
  readonly names: {
    plural: string
    singular?: string
    kind: string
    shortNames?: string[]
    categories?: string[]
  }
  readonly versions: readonly CrdVersion[]
}

interface CrdVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly schema?: { openAPIV3Schema?: Json }
  readonly subresources?: Json
  readonly additionalPrinterColumns?: readonly CustomColumn[]
}

function customKinds(crd: KubeObject): ResourceKind[] {
  const spec = crd.spec as unknown as CrdSpec
  const storageVersion = spec.versions.find((version) => version.storage)?.name ?? ''
  const reversed = spec.group.split('.').reverse().join('.')
  return spec.versions
    .filter((version) => version.served)
    .map((version) => ({
      group: spec.group,
      version: version.name,
      kind: spec.names.kind,
      plural: spec.names.plural,
      singular: spec.names.singular ?? spec.names.kind.toLowerCase(),
      shortNames: spec.names.shortNames ?? [],
      categories: spec.names.categories ?? [],
      namespaced: spec.scope === 'Namespaced',
      status: isMap(version.subresources?.status),
      scale: scaleOf(version.subresources?.scale),
      type: `${reversed}.${version.name}.${spec.names.kind}`,
      custom: {
        crd: crd.metadata.name,
        schema: customSchema(version.schema?.openAPIV3Schema),
        storageVersion,
        columns: version.additionalPrinterColumns ?? [],
      },
    }))
}

function scaleOf(scale: unknown): ScalePaths | undefined {
  if (!isMap(scale)) return undefined
  return {
    specPath: String(scale.specReplicasPath),
    statusPath: String(scale.statusReplicasPath),
    ...(scale.labelSelectorPath ? { selectorPath: String(scale.labelSelectorPath) } : {}),
  }
}
