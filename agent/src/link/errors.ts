import { errors } from '@nats-io/transport-node'
import { RoadsteadError } from '@roadstead/proto'

/** The one translator of what nats.js throws. */
export function errorOfNats(cause: unknown, what: string): RoadsteadError {
  if (cause instanceof RoadsteadError) return cause
  if (cause instanceof errors.AuthorizationError || cause instanceof errors.UserAuthenticationExpiredError) {
    return new RoadsteadError('unauthenticated', `${what}: the broker refuses this agent`, {
      retry: 'retry',
      cause,
    })
  }
  if (cause instanceof errors.PermissionViolationError) {
    return new RoadsteadError('forbidden', `${what}: not permitted by the broker`, { cause })
  }
  if (cause instanceof errors.TimeoutError) {
    return new RoadsteadError('timeout', `${what}: no answer in time`, { retry: 'retry', cause })
  }
  return new RoadsteadError('unavailable', `${what}: the broker can not be reached`, {
    retry: 'retry',
    cause,
  })
}
