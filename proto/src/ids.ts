/**
 * Names and identifiers that cross a boundary. They are branded, so that a cluster's name can not be
 * passed where an app's is wanted; `parse…` is the only way in from outside.
 */

declare const brand: unique symbol
type Branded<Tag extends string> = string & { readonly [brand]: Tag }

export type ClusterName = Branded<'ClusterName'>
export type AppName = Branded<'AppName'>
export type EnvironmentName = Branded<'EnvironmentName'>
/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = Branded<'Digest'>
/** A Git commit id: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits. */
export type CommitId = Branded<'CommitId'>

/**
 * RFC 1123 label, as Kubernetes uses for names: safe as a NATS token, a file name and a label value.
 * The length stays 63 so that a name also fits a Kubernetes label.
 */
export const namePattern = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$'
export const digestPattern = '^sha256:[0-9a-f]{64}$'
export const commitPattern = '^([0-9a-f]{40}|[0-9a-f]{64})$'

const nameExpression = new RegExp(namePattern)
const digestExpression = new RegExp(digestPattern)
const commitExpression = new RegExp(commitPattern)

export const isName = (text: string): boolean => nameExpression.test(text)

export const parseClusterName = (text: string): ClusterName | undefined =>
  isName(text) ? (text as ClusterName) : undefined

export const parseAppName = (text: string): AppName | undefined =>
  isName(text) ? (text as AppName) : undefined

export const parseEnvironmentName = (text: string): EnvironmentName | undefined =>
  isName(text) ? (text as EnvironmentName) : undefined

export const parseDigest = (text: string): Digest | undefined =>
  digestExpression.test(text) ? (text as Digest) : undefined

export const parseCommitId = (text: string): CommitId | undefined =>
  commitExpression.test(text) ? (text as CommitId) : undefined
