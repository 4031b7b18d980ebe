import type { Schema } from '../schema/schema.ts'

/** One served kind: what discovery says of it and which type it has. */
export interface ResourceKind {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly status: boolean
  readonly scale: ScalePaths | undefined
  /** The OpenAPI name of its type; for custom kinds, the name kube-apiserver would publish it under. */
  readonly type: string
  /** Set for kinds that come from a CustomResourceDefinition. */
  readonly custom: CustomKind | undefined
}

export interface ScalePaths {
  readonly specPath: string
  readonly statusPath: string
  readonly selectorPath?: string
}

export interface CustomKind {
  readonly crd: string
  readonly schema: Schema
  readonly storageVersion: string
  readonly columns: readonly CustomColumn[]
}

/** `additionalPrinterColumns` of a CustomResourceDefinition version. */
export interface CustomColumn {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
  readonly priority?: number
}

/** `apps/v1`, or `v1` for the core group. */
export const apiVersionOf = (kind: { group: string; version: string }): string =>
  kind.group === '' ? kind.version : `${kind.group}/${kind.version}`

/** `deployments.apps`, or `pods` for the core group: how the API server names a resource in messages. */
export const groupResourceOf = (kind: { group: string; plural: string }): string =>
  kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`

/** The name objects of every version of this resource are stored under. */
export const storageKeyOf = groupResourceOf
