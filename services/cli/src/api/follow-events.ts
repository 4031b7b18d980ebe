import { setTimeout as delay } from 'node:timers/promises'
import { createParser } from 'eventsource-parser'
import { exitCodes, Failure } from '../exit.ts'
import type { ApiClient, Query } from './client.ts'

/** One server-sent event. */
export interface StreamedEvent {
  readonly type: string | undefined
  readonly data: string
}

export interface FollowOptions {
  readonly path: string
  readonly query: Query
  readonly signal: AbortSignal
  /** Told each time the stream broke and will be opened again. */
  readonly onBreak: (reason: string, waitMs: number) => void
  readonly reconnect?: { readonly firstMs: number; readonly longestMs: number }
}

const defaultReconnect = { firstMs: 500, longestMs: 15_000 }
/** One event; a longer one ends the stream. */
const eventChars = 1_000_000

/**
 * Server-sent events, for ever. A stream that breaks is opened again after the last event seen, with
 * growing pauses, so that nothing is missed and nothing comes twice.
 *
 * @throws Failure when the first connection fails, or the server refuses a later one for good
 */
export async function* followEvents(
  client: ApiClient,
  options: FollowOptions,
): AsyncGenerator<StreamedEvent> {
  const { firstMs, longestMs } = options.reconnect ?? defaultReconnect
  let lastEventId: string | undefined
  let everOpen = false
  let pauseMs = firstMs
  for (;;) {
    let reason = 'the server closed the stream'
    try {
      const body = await client.stream(options.path, options.query, lastEventId)
      everOpen = true
      for await (const part of parseStream(body)) {
        pauseMs = firstMs
        if ('position' in part) lastEventId = part.position
        else yield part
      }
    } catch (error) {
      options.signal.throwIfAborted()
      if (!everOpen || isFinal(error)) throw error
      reason = (error as Error).message
    }
    options.signal.throwIfAborted()
    options.onBreak(reason, pauseMs)
    await delay(pauseMs, undefined, { signal: options.signal })
    pauseMs = Math.min(pauseMs * 2, longestMs)
  }
}

const isFinal = (error: unknown): boolean =>
  error instanceof Failure && error.exitCode !== exitCodes.unreachable

/**
 * Events and positions, in the order in which they came. A position also comes without an event: the hub
 * says where it has looked, so that a stream that breaks before its first event loses none.
 */
type StreamPart = StreamedEvent | { readonly position: string }

async function* parseStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamPart> {
  const parts: StreamPart[] = []
  const decoder = new TextDecoder()
  const parser = createParser({
    maxBufferSize: eventChars,
    onId: (position) => parts.push({ position }),
    onEvent: ({ event, data }) => parts.push({ type: event, data }),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw error
    },
  })
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }))
    yield* parts.splice(0)
  }
}
