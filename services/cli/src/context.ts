import type { Clock } from '@roadstead/proto'
import type { Colors } from 'picocolors/types.js'
import type { ApiClient } from './api/client.ts'

/** A stream that people may be looking at. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** What the program touches outside itself; a test gives its own. */
export interface Edges {
  readonly stdout: Output
  readonly stderr: Output
  /** The process's own unless it is given. */
  readonly stdin?: NodeJS.ReadableStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  readonly clock: Clock
  readonly fetch: typeof fetch
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

export const outputFormats = ['table', 'json', 'yaml'] as const
export type OutputFormat = (typeof outputFormats)[number]

/** What every verb gets besides its own options. */
export interface Context extends Edges {
  readonly format: OutputFormat
  readonly colors: Colors
  /** Columns to lay a table out in; undefined where nobody looks and nothing is cut. */
  readonly width: number | undefined
  /** Finds server and token when a verb first asks for them: offline verbs need neither. */
  readonly connect: () => ApiClient
}
