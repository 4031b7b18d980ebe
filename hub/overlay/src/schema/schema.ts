import { clusterScoped, definitions, kinds, types } from '../generated/kubernetes-schema.ts'
import type { TypeRow } from './types.ts'

/**
 * What a build knows about kinds: which are cluster-scoped, and which lists merge by which keys.
 * Undefined stands for "no schema", where lists are replaced as a whole.
 */
export interface Schema {
  typeOf(apiVersion: string, kind: string): TypeRow | undefined
  fieldOf(type: TypeRow, name: string): TypeRow | undefined
  elementOf(type: TypeRow): TypeRow | undefined
  isClusterScoped(apiVersion: string, kind: string): boolean
}

/** Cluster-scoped kinds that are younger than the document the table was generated from. */
const newerClusterScoped = new Set([
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding',
])

export const kubernetesSchema: Schema = {
  typeOf: (apiVersion, kind) => rowOf(types, own(kinds, `${apiVersion}/${kind}`)),
  fieldOf: (type, name) => types[own(type.f, name) ?? type.v ?? 0],
  elementOf: (type) => rowOf(types, type.i),
  isClusterScoped: isClusterScopedByDefault,
}

/** The type that a definition of the built-in document has; undefined where it has none worth keeping. */
export function builtinDefinition(name: string): TypeRow | undefined {
  return rowOf(types, own(definitions, name))
}

/** Is this a kind whose scope is known without any document? */
export function hasKnownScope(apiVersion: string, kind: string): boolean {
  const key = `${apiVersion}/${kind}`
  return Object.hasOwn(clusterScoped, key) || newerClusterScoped.has(key)
}

export function isClusterScopedByDefault(apiVersion: string, kind: string): boolean {
  const key = `${apiVersion}/${kind}`
  return own(clusterScoped, key) ?? newerClusterScoped.has(key)
}

function rowOf(rows: readonly TypeRow[], index: number | undefined): TypeRow | undefined {
  return index === undefined ? undefined : rows[index]
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
}
