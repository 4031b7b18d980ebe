/**
 * The one error model. A code is the wire value, the `type` of a problem+json answer, the metric label
 * and the log field. Each edge (Kubernetes, NATS, PostgreSQL, Git) has one translator that turns what
 * it meets into a `RoadsteadError`; nothing else reads foreign errors.
 */
export const errorCodes = [
  // what a person wrote
  'invalid-yaml',
  'invalid-field',
  'invalid-reference',
  'invalid-path',
  'missing-overlay',
  'cycle',
  'ownership-conflict',
  'too-large',
  'render-failed',
  'undefined-variable',
  'non-fast-forward',
  'empty-repository',
  // what arrived over the wire
  'undecodable',
  'bad-signature',
  'unknown-key',
  'wrong-cluster',
  'stale-generation',
  'empty-assignment',
  'digest-mismatch',
  'undecryptable',
  'release-missing',
  // what a cluster answered
  'object-invalid',
  'object-conflict',
  'object-forbidden',
  'object-immutable',
  'kind-unknown',
  'admission-denied',
  'quota-exceeded',
  'dependency-unmet',
  'deletion-budget',
  'health-deadline',
  'cluster-unreachable',
  'cluster-overloaded',
  // requests
  'unauthenticated',
  'forbidden',
  'not-found',
  'bad-request',
  'conflict',
  'rate-limited',
  'precondition-failed',
  // the machinery
  'unavailable',
  'timeout',
  'cancelled',
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/**
 * `retry`: the same call may succeed later. `terminal`: it will not until somebody changes something.
 * `superseded`: something newer made the call pointless; nobody needs to act.
 */
export type Retry = 'retry' | 'terminal' | 'superseded'

export interface ErrorDetails {
  readonly retry?: Retry
  readonly cause?: unknown
}

export class RoadsteadError extends Error {
  readonly code: ErrorCode
  readonly retry: Retry

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'RoadsteadError'
    this.code = code
    this.retry = details.retry ?? 'terminal'
  }
}

/** The code of anything that was thrown; `internal` for what is not ours. */
export const codeOf = (error: unknown): ErrorCode =>
  error instanceof RoadsteadError ? error.code : 'internal'

/** A one-line message for people: the error's own, with those of its causes behind it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : messageOf(error.cause)
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`
}
