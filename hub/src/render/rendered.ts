import type { Digest } from '@roadstead/proto'
import type { FleetProblem } from '../source/index.ts'

/** An app rendered for one environment, or for one variant of it. */
export interface Rendered {
  readonly release: EncodedRelease
  readonly objects: readonly RenderedObject[]
  /** What the agent will fill in, without those that have a default. */
  readonly references: readonly VariableReference[]
}

export interface EncodedRelease {
  readonly digest: Digest
  /** As canonical JSON. */
  readonly bytes: number
  readonly compressed: Uint8Array
}

export interface Written {
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** `file:line:column`, or nothing. */
export const writtenText = ({ file, line, column }: Written): string =>
  [file, line, column].filter((part) => part !== undefined).join(':')

/** What is known of an object of a release without looking into it. */
export interface RenderedObject extends Written {
  /** Two objects with the same key are the same object on a cluster. */
  readonly key: string
  /** How it is named to people. */
  readonly text: string
}

export interface VariableReference extends Written {
  /** `vars.domain`, `cluster.labels.region` */
  readonly name: string
  readonly object: string
  /** JSON pointer of the field. */
  readonly field: string
}

/** All that an app is in one environment. */
export interface AppRender {
  /** Names everything that went into it. */
  readonly sourceKey: string
  /** By variant; the overlay itself is under the empty name. Empty when there are problems. */
  readonly releases: ReadonlyMap<string, Rendered>
  readonly problems: readonly FleetProblem[]
}
