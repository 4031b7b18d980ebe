import type { KubernetesObject, ObjectRef } from '@roadstead/proto'

/** Where an object is found in the API: its reference with the version it is read and written in. */
export interface ObjectKey {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export interface ManagedFieldsEntry {
  readonly manager?: string
  readonly operation?: 'Apply' | 'Update'
  readonly apiVersion?: string
  readonly time?: string
  readonly subresource?: string
  readonly fieldsV1?: FieldsV1
}
/** The API server's own notation for a set of fields: `f:name`, `k:{…}`, `v:…`, `i:n` and `.`. */
export interface FieldsV1 {
  readonly [segment: string]: FieldsV1
}

export interface LiveMetadata {
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly managedFields?: readonly ManagedFieldsEntry[]
}

/** An object as the API server returned it. */
export type LiveObject = KubernetesObject & { readonly metadata: LiveMetadata }

export const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

export const keyOf = (object: KubernetesObject): ObjectKey => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
})

export const refOfKey = (key: ObjectKey): ObjectRef => ({
  group: groupOf(key.apiVersion),
  kind: key.kind,
  namespace: key.namespace,
  name: key.name,
})

export const refOf = (object: KubernetesObject): ObjectRef => refOfKey(keyOf(object))

/** One text per object, whatever version it is written in: `group/Kind/namespace/name`. */
export const refKey = (ref: ObjectRef): string => `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`
