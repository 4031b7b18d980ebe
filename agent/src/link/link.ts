import type { Digest } from '@roadstead/proto'

/** A sealed assignment as it came, with its place in the stream where that is known. */
export interface SealedAssignment {
  readonly sealed: Uint8Array
  readonly sequence: number | undefined
}

export interface ReleaseChunk {
  readonly bytes: Uint8Array
  /** How many chunks the release has. */
  readonly chunks: number
}

/**
 * The one way out of the cluster. What it promises: a handler that throws never makes the link deaf, and
 * every method fails with a `RoadsteadError` (`unavailable` or `timeout` while there is no broker).
 */
export interface Link {
  /** Connects, and connects again for ever; resolves once the signal is aborted and all is closed. */
  run(signal: AbortSignal): Promise<void>
  readonly connected: boolean
  /** Called on the first connection and on every later one, when the subscriptions are live. */
  onConnected(handler: () => void): void
  /** Assignments as the hub stores them. Nothing is checked yet. */
  onAssignment(handler: (assignment: SealedAssignment) => void): void
  /** Requests of the hub; what the handler resolves to is the answer. */
  onAsk(handler: (request: Uint8Array) => Promise<Uint8Array>): void
  /** The stored assignment of this cluster; `undefined` where there is none. */
  fetchAssignment(signal: AbortSignal): Promise<SealedAssignment | undefined>
  fetchChunk(digest: Digest, chunk: number, signal: AbortSignal): Promise<ReleaseChunk | undefined>
  /** Resolves when the stream has stored the report. Repeating a message id is harmless. */
  report(messageId: string, report: Uint8Array, signal: AbortSignal): Promise<void>
  /** A core message: lost where nobody listens, dropped while there is no connection. */
  heartbeat(heartbeat: Uint8Array): void
}
