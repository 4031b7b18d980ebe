import { setTimeout as sleep } from 'node:timers/promises'
import { connect, headers, type Msg, type NatsConnection } from '@nats-io/transport-node'
import {
  type Digest,
  directGetAssignment,
  directGetReleaseChunk,
  headers as headerNames,
  RoadsteadError,
  subjects,
} from '@roadstead/proto'
import { errorOfNats } from './errors.ts'
import type { Identity } from './identity.ts'
import type { Link, ReleaseChunk, SealedAssignment } from './link.ts'
import { connectionOptions, type NatsLinkOptions, redialDelayMs } from './options.ts'

export const createNatsLink = (identity: Identity, options: NatsLinkOptions): Link =>
  new NatsLink(identity, options)

/**
 * The link over nats.js, without its JetStream client: an acknowledged publish and a direct get are plain
 * requests, and that client would make the agent larger and no safer.
 */
class NatsLink implements Link {
  readonly #identity: Identity
  readonly #options: NatsLinkOptions
  readonly #connectedHandlers: (() => void)[] = []
  #assignmentHandler: (assignment: SealedAssignment) => void = () => {}
  #askHandler: ((request: Uint8Array) => Promise<Uint8Array>) | undefined
  #connection: NatsConnection | undefined
  /** False while nats.js dials again: what is published then is dropped without a word. */
  #live = false

  constructor(identity: Identity, options: NatsLinkOptions) {
    this.#identity = identity
    this.#options = options
  }

  get connected(): boolean {
    return this.#live
  }

  onConnected(handler: () => void): void {
    this.#connectedHandlers.push(handler)
  }

  onAssignment(handler: (assignment: SealedAssignment) => void): void {
    this.#assignmentHandler = handler
  }

  onAsk(handler: (request: Uint8Array) => Promise<Uint8Array>): void {
    this.#askHandler = handler
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      await sleep(redialDelayMs(failures, this.#options), undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      try {
        const connection = await connect(connectionOptions(this.#identity, this.#options))
        failures = 0
        await this.#serve(connection, signal)
      } catch (error) {
        const urls = this.#identity.natsUrls.join(', ')
        this.#options.onTrouble(errorOfNats(error, `connecting to ${urls}`))
      }
    }
  }

  async fetchAssignment(signal: AbortSignal): Promise<SealedAssignment | undefined> {
    const message = await this.#directGet(directGetAssignment(this.#identity.cluster), signal)
    return message && sealedOf(message)
  }

  async fetchChunk(digest: Digest, chunk: number, signal: AbortSignal): Promise<ReleaseChunk | undefined> {
    const message = await this.#directGet(directGetReleaseChunk(digest, chunk), signal)
    if (!message) return undefined
    return { bytes: message.data, chunks: Number(message.headers?.get(headerNames.chunks) ?? '') || 1 }
  }

  async report(messageId: string, report: Uint8Array, signal: AbortSignal): Promise<void> {
    const message = await this.#request(subjects.report(this.#identity.cluster), report, signal, messageId)
    const ack = readAck(message)
    if (typeof ack.stream === 'string') return
    const said = ack.error?.description ?? 'no acknowledgement'
    throw new RoadsteadError('unavailable', `the report was not stored: ${said}`, { retry: 'retry' })
  }

  heartbeat(heartbeat: Uint8Array): void {
    if (!this.#live) return
    this.#guard(() => this.#connection?.publish(subjects.heartbeat(this.#identity.cluster), heartbeat))
  }

  /** Lives with one connection, over its interruptions, until it is closed for good. */
  async #serve(connection: NatsConnection, signal: AbortSignal): Promise<void> {
    const stop = () => void connection.close()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    try {
      await this.#subscribe(connection)
      this.#connection = connection
      this.#announce()
      void this.#followStatus(connection)
      const cause = await connection.closed()
      if (cause) this.#options.onTrouble(errorOfNats(cause, 'the connection to the broker'))
    } finally {
      this.#connection = undefined
      this.#live = false
      signal.removeEventListener('abort', stop)
      await connection.close()
    }
  }

  async #subscribe(connection: NatsConnection): Promise<void> {
    const { cluster } = this.#identity
    connection.subscribe(subjects.live(cluster), {
      callback: (error, message) => {
        if (error) this.#options.onTrouble(errorOfNats(error, 'the assignment subscription'))
        else this.#guard(() => this.#assignmentHandler(sealedOf(message)))
      },
    })
    connection.subscribe(subjects.ask(cluster), {
      callback: (error, message) => {
        if (error) this.#options.onTrouble(errorOfNats(error, 'the request subscription'))
        else void this.#answer(message)
      },
    })
    await connection.flush()
  }

  async #followStatus(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'reconnect') this.#announce()
      if (status.type === 'error') this.#options.onTrouble(errorOfNats(status.error, 'the broker'))
      if (status.type !== 'disconnect' && status.type !== 'staleConnection') continue
      this.#live = false
      const lost = new RoadsteadError('unavailable', 'the connection to the broker was lost', {
        retry: 'retry',
      })
      this.#options.onTrouble(lost)
    }
  }

  #announce(): void {
    this.#live = true
    for (const handler of this.#connectedHandlers) this.#guard(handler)
  }

  /** What a callback throws would end nats.js' reading of the connection. */
  #guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#options.onTrouble(errorOfNats(error, 'a handler'))
    }
  }

  async #answer(message: Msg): Promise<void> {
    try {
      if (this.#askHandler) message.respond(await this.#askHandler(message.data))
    } catch (error) {
      this.#options.onTrouble(errorOfNats(error, 'answering a request'))
    }
  }

  async #request(
    subject: string,
    payload: Uint8Array,
    signal: AbortSignal,
    messageId?: string,
  ): Promise<Msg> {
    signal.throwIfAborted()
    if (!this.#connection || !this.#live) {
      throw new RoadsteadError('unavailable', 'not connected to the broker', { retry: 'retry' })
    }
    const timeout = this.#options.requestTimeoutMs
    const extra = headers()
    if (messageId !== undefined) extra.set(headerNames.messageId, messageId)
    const options = messageId === undefined ? { timeout } : { timeout, headers: extra }
    return this.#connection.request(subject, payload, options).catch((cause: unknown) => {
      throw errorOfNats(cause, subject)
    })
  }

  /** The message itself is the answer; an empty one with status 404 says that there is none. */
  async #directGet(subject: string, signal: AbortSignal): Promise<Msg | undefined> {
    const message = await this.#request(subject, empty, signal)
    const code = message.headers?.code ?? 0
    if (code === 404) return undefined
    if (code < 400) return message
    const said = `${subject}: ${code} ${message.headers?.description ?? ''}`
    throw new RoadsteadError('unavailable', said, { retry: 'retry' })
  }
}

const empty = new Uint8Array()

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
