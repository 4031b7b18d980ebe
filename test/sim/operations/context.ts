import type { Registry } from '../resources/registry.ts'
import type { Store } from '../store/store.ts'

/** What every operation works on. */
export interface Context {
  readonly store: Store
  readonly registry: Registry
  now(): Date
}

export interface WriteOptions {
  /** The field manager; never empty. */
  readonly manager: string
  readonly subresource: '' | 'status' | 'scale'
  readonly dryRun: boolean
  readonly validation: 'Strict' | 'Warn' | 'Ignore'
  /** Filled with what the answer's Warning headers shall say. */
  readonly warnings: string[]
}

/** RFC 3339 in whole seconds, as metav1.Time is written. */
export const timestamp = (now: Date): string => now.toISOString().replace(/\.\d+Z$/, 'Z')
