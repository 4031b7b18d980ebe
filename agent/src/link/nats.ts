import { setTimeout as sleep } from 'node:timers/promises'
import { type Authenticator, connect, headers, type Msg, type NatsConnection } from '@nats-io/transport-node'
import {
  directGetAssignment,
  directGetReleaseChunk,
  headers as headerNames,
  RoadsteadError,
  subjects,
} from '@roadstead/proto'
import { errorOfNats } from './errors.ts'
import type { Identity } from './identity.ts'
import type { Link, SealedAssignment } from './link.ts'

export interface NatsLinkOptions {
  readonly agentVersion: string
  /** Between two pings; two unanswered ones end the connection. */
  readonly pingIntervalMs: number
  readonly requestTimeoutMs: number
  /** The first dial and every later one waits up to this at random: ten thousand agents dial at once. */
  readonly firstDialJitterMs: number
  readonly redialJitterMs: number
  readonly redialMaxMs: number
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

export function createNatsLink(identity: Identity, options: NatsLinkOptions): Link {
  const { cluster } = identity
  const connectedHandlers: (() => void)[] = []
  let assignmentHandler: (assignment: SealedAssignment) => void = () => {}
  let askHandler: ((request: Uint8Array) => Promise<Uint8Array>) | undefined
  let connection: NatsConnection | undefined
  /** False while nats.js dials again: what is published then is dropped without a word. */
  let live = false

  const guarded = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      options.onTrouble(errorOfNats(error, 'a handler'))
    }
  }

  const answer = async (message: Msg): Promise<void> => {
    try {
      if (askHandler) message.respond(await askHandler(message.data))
    } catch (error) {
      options.onTrouble(errorOfNats(error, 'answering a request'))
    }
  }

  const subscribe = async (nc: NatsConnection): Promise<void> => {
    nc.subscribe(subjects.live(cluster), {
      callback: (error, message) => {
        if (error) return options.onTrouble(errorOfNats(error, 'the assignment subscription'))
        guarded(() => assignmentHandler(sealedOf(message)))
      },
    })
    nc.subscribe(subjects.ask(cluster), {
      callback: (error, message) => {
        if (error) return options.onTrouble(errorOfNats(error, 'the request subscription'))
        void answer(message)
      },
    })
    await nc.flush()
  }

  const announce = () => {
    live = true
    for (const handler of connectedHandlers) guarded(handler)
  }

  const lost = () => {
    live = false
  }

  const serve = async (nc: NatsConnection, signal: AbortSignal): Promise<void> => {
    const stop = () => void nc.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      await subscribe(nc)
      connection = nc
      announce()
      void followStatus(nc, announce, lost, options.onTrouble)
      const cause = await nc.closed()
      if (cause) options.onTrouble(errorOfNats(cause, 'the connection to the broker'))
    } finally {
      connection = undefined
      lost()
      signal.removeEventListener('abort', stop)
      await nc.close()
    }
  }

  const request = async (
    subject: string,
    payload: Uint8Array,
    signal: AbortSignal,
    messageId?: string,
  ): Promise<Msg> => {
    signal.throwIfAborted()
    if (!connection)
      throw new RoadsteadError('unavailable', 'not connected to the broker', { retry: 'retry' })
    const extra = messageId === undefined ? undefined : headers()
    if (messageId !== undefined) extra?.set(headerNames.messageId, messageId)
    const timeout = options.requestTimeoutMs
    const pending = connection.request(subject, payload, extra ? { timeout, headers: extra } : { timeout })
    return pending.catch((cause: unknown) => {
      throw errorOfNats(cause, subject)
    })
  }

  /** A direct get: the message itself is the answer, an empty one with status 404 where there is none. */
  const directGet = async (subject: string, signal: AbortSignal): Promise<Msg | undefined> => {
    const message = await request(subject, empty, signal)
    const code = message.headers?.code ?? 0
    if (code === 404) return undefined
    if (code < 400) return message
    throw new RoadsteadError('unavailable', `${subject}: ${code} ${message.headers?.description ?? ''}`, {
      retry: 'retry',
    })
  }

  return {
    get connected() {
      return live
    },
    onConnected: (handler) => void connectedHandlers.push(handler),
    onAssignment: (handler) => {
      assignmentHandler = handler
    },
    onAsk: (handler) => {
      askHandler = handler
    },

    async run(signal) {
      let failures = 0
      for (let jitter = options.firstDialJitterMs; !signal.aborted; jitter = delayAfter(failures, options)) {
        await sleep(options.random() * jitter, undefined, { signal }).catch(() => {})
        if (signal.aborted) return
        try {
          const nc = await connect(connectOptions(identity, options))
          failures = 0
          await serve(nc, signal)
        } catch (error) {
          options.onTrouble(errorOfNats(error, `connecting to ${identity.natsUrls.join(', ')}`))
        }
        failures += 1
      }
    },

    async fetchAssignment(signal) {
      const message = await directGet(directGetAssignment(cluster), signal)
      return message && sealedOf(message)
    },

    async fetchChunk(digest, chunk, signal) {
      const message = await directGet(directGetReleaseChunk(digest, chunk), signal)
      if (!message) return undefined
      return { bytes: message.data, chunks: Number(message.headers?.get(headerNames.chunks) ?? '') || 1 }
    },

    async report(messageId, report, signal) {
      const message = await request(subjects.report(cluster), report, signal, messageId)
      const ack = readAck(message)
      if (typeof ack.stream === 'string') return
      const said = ack.error?.description ?? 'no acknowledgement'
      throw new RoadsteadError('unavailable', `the report was not stored: ${said}`, { retry: 'retry' })
    },

    heartbeat(heartbeat) {
      if (live) {
        guarded(() => connection?.publish(subjects.heartbeat(cluster), heartbeat))
      }
    },
  }
}

const empty = new Uint8Array()

function connectOptions(identity: Identity, options: NatsLinkOptions) {
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
    reconnectDelayHandler: () => Math.round(100 + options.random() * options.redialJitterMs),
    // nats.js waits only between two dials of the same server: the first redial needs a delay of its own.
    reconnectToServer: (pool: readonly unknown[]) =>
      ({ server: pool[0], delay: Math.round(options.random() * options.redialJitterMs) }) as never,
    ...(ca === undefined ? {} : { tls: { ca } }),
  }
}

const delayAfter = (failures: number, { redialJitterMs, redialMaxMs }: NatsLinkOptions): number =>
  Math.min(redialMaxMs, redialJitterMs * 2 ** Math.min(failures, 10))

async function followStatus(
  nc: NatsConnection,
  reconnected: () => void,
  lost: () => void,
  trouble: (error: RoadsteadError) => void,
): Promise<void> {
  for await (const status of nc.status()) {
    if (status.type === 'reconnect') reconnected()
    if (status.type === 'disconnect' || status.type === 'staleConnection') {
      lost()
      trouble(new RoadsteadError('unavailable', 'the connection to the broker was lost', { retry: 'retry' }))
    }
    if (status.type === 'error') trouble(errorOfNats(status.error, 'the broker'))
  }
}

function sealedOf(message: Msg): SealedAssignment {
  const sequence = Number(message.headers?.get(headerNames.sequence) ?? '')
  // The payload is a view into the connection's read buffer: keeping it would keep all of that.
  return { sealed: Uint8Array.from(message.data), sequence: sequence > 0 ? sequence : undefined }
}

function readAck(message: Msg): { stream?: unknown; error?: { description?: string } } {
  try {
    return message.json()
  } catch {
    return {}
  }
}
