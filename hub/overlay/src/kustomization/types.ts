import type { Generator, GeneratorOptions } from '../generate/generator.ts'
import type { Sources } from '../generate/key-values.ts'
import type { Selector } from '../patch/selector.ts'
import type { Replacement } from '../references/replacements.ts'
import type { Variable } from '../references/variables.ts'
import type { ImageChange } from '../transform/images.ts'
import type { LabelChange } from '../transform/labels.ts'
import type { ReplicaCount } from '../transform/replicas.ts'
import type { Located, Text } from './decode.ts'

/** A kustomization file, checked, with deprecated spellings turned into today's. */
export interface Kustomization {
  readonly file: string
  readonly isComponent: boolean
  readonly resources: readonly Text[]
  readonly components: readonly Text[]
  readonly crds: readonly Text[]
  readonly configurations: readonly Text[]
  readonly generators: readonly Text[]
  readonly transformers: readonly Text[]
  readonly validators: readonly Text[]
  readonly openapi: ReadonlyMap<string, Text>
  readonly namePrefix: Text | undefined
  readonly nameSuffix: Text | undefined
  readonly namespace: Text | undefined
  readonly commonLabels: ReadonlyMap<string, Text>
  readonly commonAnnotations: ReadonlyMap<string, Text>
  readonly labels: readonly LabelChange[]
  readonly patchesStrategicMerge: readonly Text[]
  readonly patchesJson6902: readonly PatchEntry[]
  readonly patches: readonly PatchEntry[]
  readonly images: readonly ImageChange[]
  readonly replicas: readonly ReplicaCount[]
  readonly replacements: readonly (Replacement | ReplacementFile)[]
  readonly vars: readonly Variable[]
  readonly configMapGenerator: readonly GeneratorEntry[]
  readonly secretGenerator: readonly GeneratorEntry[]
  readonly sortOptions: SortOptions | undefined
  readonly buildMetadata: readonly Text[]
}

export interface PatchEntry {
  readonly path: string
  readonly patch: string
  readonly target: Selector | undefined
  readonly allowNameChange: boolean
  readonly allowKindChange: boolean
  readonly at: Located
  /** Where the inline patch is written. */
  readonly patchAt: Located
}

export interface ReplacementFile {
  readonly path: Text
}

export interface GeneratorEntry {
  readonly generator: Omit<Generator, 'kind' | 'options'>
  readonly options: GeneratorOptions
  readonly sources: Sources
}

export interface SortOptions {
  readonly order: string
  readonly legacy: { readonly first: readonly string[]; readonly last: readonly string[] } | undefined
  readonly at: Located
}
