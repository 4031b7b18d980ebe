import { connect, jwtAuthenticator, type NatsConnection } from '@nats-io/transport-node'
import { natsError } from './errors.ts'
import type { Credentials } from './operator.ts'

export interface ConnectOptions {
  readonly urls: readonly string[]
  readonly credentials: Credentials
  /** What the connection is called in the broker's monitoring. */
  readonly name: string
  /** PEM, where the broker's certificate is not signed by a public authority. */
  readonly certificateAuthority?: string | undefined
}

const connectDeadlineMs = 10_000
const reconnectWaitMs = 250
const reconnectJitterMs = 500
const pingIntervalMs = 15_000

/**
 * The hub's connection. It comes back by itself for as long as it takes; until then what is published
 * fails. The caller watches `status()` and closes it.
 *
 * @throws RoadsteadError `unavailable` or `unauthenticated` when the first attempt fails
 */
export async function connectHub(options: ConnectOptions): Promise<NatsConnection> {
  const { urls, credentials, name, certificateAuthority } = options
  try {
    return await connect({
      servers: [...urls],
      name,
      authenticator: jwtAuthenticator(credentials.jwt, credentials.seed),
      timeout: connectDeadlineMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: reconnectWaitMs,
      reconnectJitter: reconnectJitterMs,
      reconnectJitterTLS: reconnectJitterMs,
      // A broker that lost its accounts refuses us until somebody tells it; we may be that somebody.
      ignoreAuthErrorAbort: true,
      pingInterval: pingIntervalMs,
      noAsyncTraces: true,
      ...(certificateAuthority === undefined ? {} : { tls: { ca: certificateAuthority } }),
    })
  } catch (error) {
    throw natsError(error, `connecting to ${urls.join(', ')}`)
  }
}

/**
 * Whether the broker answers now. A connection that is lost counts as open while it comes back.
 *
 * @throws RoadsteadError `unavailable`; a broker that says nothing at all leaves the caller waiting
 */
export async function brokerAnswers(connection: NatsConnection): Promise<void> {
  try {
    await connection.rtt()
  } catch (error) {
    throw natsError(error, 'asking whether it is there')
  }
}
