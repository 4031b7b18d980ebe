import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'
import { type ErrorCode, RoadsteadError } from '@roadstead/proto'

/** Error codes of JetStream's API that mean something of their own here. */
const apiCodes: Readonly<Record<number, ErrorCode>> = {
  10054: 'too-large', // message size exceeds maximum allowed
  10071: 'conflict', // wrong last sequence
  10164: 'conflict', // wrong last sequence, unknown which
}

const transient = new Set<ErrorCode>(['unavailable', 'timeout'])

/**
 * The one translator of what NATS and its client throw.
 *
 * @param doing what was attempted, as it reads behind "the broker: ": `storing the assignment of dev-1`
 */
export function natsError(error: unknown, doing: string): RoadsteadError {
  if (error instanceof RoadsteadError) return error
  const code = codeOf(error)
  return new RoadsteadError(code, `the broker: ${doing}`, {
    retry: transient.has(code) ? 'retry' : 'terminal',
    cause: error,
  })
}

/** Whether a publish that must be the first on its subject came second. */
export const isAlreadyStored = (error: unknown): boolean =>
  error instanceof JetStreamApiError && apiCodes[error.code] === 'conflict'

function codeOf(error: unknown): ErrorCode {
  // A stream that is missing, full or without a leader is put right by others: by us, in `ensureStreams`.
  if (error instanceof JetStreamApiError) return apiCodes[error.code] ?? 'unavailable'
  if (error instanceof JetStreamError) return 'unavailable'
  if (error instanceof errors.TimeoutError) return 'timeout'
  if (error instanceof errors.AuthorizationError) return 'unauthenticated'
  if (error instanceof errors.UserAuthenticationExpiredError) return 'unauthenticated'
  if (error instanceof errors.PermissionViolationError) return 'forbidden'
  if (error instanceof errors.InvalidArgumentError) {
    return error.message.includes('max_payload') ? 'too-large' : 'internal'
  }
  if (error instanceof errors.InvalidSubjectError || error instanceof TypeError) return 'internal'
  // No responders, a connection that is closed, draining, refused or broken, a protocol error.
  return error instanceof Error ? 'unavailable' : 'internal'
}
