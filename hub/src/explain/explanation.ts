import type { Json } from '@roadstead/overlay'
import type { LineCommit } from '../source/index.ts'

/** Why a field of a rendered object has the value it has. */
export interface Explanation {
  readonly app: string
  readonly environment: string
  /** Set when it was asked for one cluster. */
  readonly cluster: string | null
  /** The overlay for some clusters that this is; null for that of the environment. */
  readonly variant: string | null
  /** Other overlays of this environment: what is said here may not hold on their clusters. */
  readonly otherVariants: readonly string[]
  /** The commit that is explained; null for a working tree. */
  readonly commit: string | null
  /** The commit that the base is read from, where it is pinned. */
  readonly pin: string | null
  /** `Deployment shop/web` */
  readonly object: string
  /** `spec.replicas` */
  readonly field: string
  /** The field, or those below it. */
  readonly fields: readonly ExplainedField[]
  /** How many there are; `fields` may be cut. */
  readonly fieldCount: number
}

export interface ExplainedField {
  readonly path: string
  /** RFC 6901. */
  readonly pointer: string
  /** As it is in the release: a reference to a variable is still one. Of a Secret: `sha256:…`. */
  readonly value: Json
  /** With a cluster: what its agent makes of the value, where that is something else. */
  readonly substituted?: Json
  /** Who wrote it, the last one first. Empty for what a generator or the renderer adds by itself. */
  readonly setBy: readonly Writer[]
  readonly variables: readonly ExplainedVariable[]
}

/** A place in a file that set a field. */
export interface Writer {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The commit whose file this is a line of, which is the pin's for a pinned base; null for a working tree. */
  readonly at: string | null
  /** The line as it stands there; null for a Secret, and where the file can not be shown. */
  readonly text: string | null
  /** The commit that wrote the line last; null while it is not committed, or there is no Git. */
  readonly commit: LineCommit | null
}

/** A variable that the agent puts into a field. */
export interface ExplainedVariable {
  /** `vars.replicas` */
  readonly name: string
  /** As it is written behind `:=`. */
  readonly default: string | null
  /** What it is on each cluster that gets the app; cut at a limit. */
  readonly clusters: readonly ClusterValue[]
  readonly clusterCount: number
}

export interface ClusterValue {
  readonly cluster: string
  /** Null where the cluster does not set it; then the default holds, if there is one. */
  readonly value: string | number | boolean | null
  readonly setBy: Writer | null
}
