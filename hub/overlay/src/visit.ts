import type { BuildContext } from './context.ts'
import type { Text } from './kustomization/decode.ts'
import type { Resource } from './resources/resource.ts'

/** One kustomization directory on the way from the built one to a base. */
export interface Visit {
  readonly context: BuildContext
  readonly directory: string
  /** The directories that led here, the built one first. */
  readonly path: readonly string[]
  /** Where objects come from, relative to the built directory; undefined when nobody asked. */
  readonly origin: string | undefined
  /** Reads entries as `resources:` would; used for the configurations of plugins. */
  readonly read: (visit: Visit, entries: readonly Text[]) => readonly Resource[]
}
