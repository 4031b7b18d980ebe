import type { Authenticator, NodeConnectionOptions } from '@nats-io/transport-node'
import { type RoadsteadError, subjects } from '@roadstead/proto'
import type { Identity } from './identity.ts'

export interface NatsLinkOptions {
  readonly agentVersion: string
  /** Between two pings; two unanswered ones end the connection. */
  readonly pingIntervalMs: number
  readonly requestTimeoutMs: number
  /** The first dial and every later one waits up to this at random: ten thousand agents dial at once. */
  readonly firstDialJitterMs: number
  readonly redialJitterMs: number
  readonly redialMaxMs: number
  /** From 0 to 1. */
  readonly random: () => number
  /** Told of what can not be told to a caller: a lost connection, a handler that threw. */
  readonly onTrouble: (error: RoadsteadError) => void
}

export const natsLinkDefaults = {
  pingIntervalMs: 25_000,
  requestTimeoutMs: 10_000,
  firstDialJitterMs: 250,
  redialJitterMs: 2_000,
  redialMaxMs: 30_000,
} as const

export function connectionOptions(identity: Identity, options: NatsLinkOptions): NodeConnectionOptions {
  const { random, redialJitterMs } = options
  const authenticator: Authenticator = (nonce) => ({
    jwt: identity.userJwt,
    nkey: identity.key.publicKey,
    sig: Buffer.from(identity.key.sign(Buffer.from(nonce ?? ''))).toString('base64'),
  })
  const ca = identity.natsCertificateAuthority
  return {
    servers: [...identity.natsUrls],
    name: `roadstead-agent ${identity.cluster} ${options.agentVersion}`,
    authenticator,
    inboxPrefix: subjects.inbox(identity.cluster),
    maxReconnectAttempts: -1,
    // A hub that is being restored may refuse us for a while; giving up would need a person.
    ignoreAuthErrorAbort: true,
    pingInterval: options.pingIntervalMs,
    maxPingOut: 2,
    noAsyncTraces: true,
    reconnectDelayHandler: () => Math.round(100 + random() * redialJitterMs),
    // nats.js waits only between two dials of the same server: the first redial needs a delay of its own.
    reconnectToServer: (pool) => {
      const [server] = pool
      return server ? { server, delay: Math.round(random() * redialJitterMs) } : null
    },
    ...(ca === undefined ? {} : { tls: { ca } }),
  }
}

/** How long to wait before the next attempt of a connection that could not be opened at all. */
export const redialDelayMs = (failures: number, options: NatsLinkOptions): number =>
  options.random() *
  (failures === 0
    ? options.firstDialJitterMs
    : Math.min(options.redialMaxMs, options.redialJitterMs * 2 ** Math.min(failures, 10)))
