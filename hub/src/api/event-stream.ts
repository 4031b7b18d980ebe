import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { RoadsteadError } from '@roadstead/proto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  comparePositions,
  type EventFilters,
  type EventPosition,
  eventId,
  type FleetEvent,
  parseEventId,
} from '../readmodel/index.ts'
import type { EventFeed } from './event-feed.ts'
import { limits } from './limits.ts'

export interface EventStreams {
  /**
   * Answers with server-sent events until the reader goes away or the server closes.
   *
   * @throws RoadsteadError `bad-request` for a `Last-Event-ID` that is none, `unavailable` when too many
   * streams are open; not once the answer has begun
   */
  open(request: FastifyRequest, reply: FastifyReply, filters: EventFilters): Promise<void>
  /** How many are open. */
  count(): number
  /** Ends all streams; readers resume elsewhere. */
  close(): void
}

export interface EventStreamOptions {
  /** A reader who takes nothing for this long is cut off; it resumes where it was. */
  readonly stalledMs: number
}

export function createEventStreams(
  feed: EventFeed,
  options: EventStreamOptions = { stalledMs: limits.eventsStalledMs },
): EventStreams {
  const closing = new AbortController()
  let open = 0
  return {
    async open(request, reply, filters) {
      if (open >= limits.eventStreams || closing.signal.aborted) {
        throw new RoadsteadError('unavailable', 'too many event streams are open on this replica', {
          retry: 'retry',
        })
      }
      const position = await startPosition(feed, request.headers['last-event-id'])
      reply.hijack()
      const { raw } = reply
      const gone = new AbortController()
      const end = () => gone.abort()
      raw.on('close', end)
      raw.on('error', end)
      // It may have gone while its position was looked up.
      if (raw.destroyed) end()
      closing.signal.addEventListener('abort', end, { once: true })
      open += 1
      try {
        sendHead(raw, reply)
        const write = writer(raw, options.stalledMs, gone.signal)
        await pump(write, feed, filters, position, gone.signal)
      } catch (error) {
        request.log.warn({ err: error }, 'an event stream broke off')
      } finally {
        open -= 1
        closing.signal.removeEventListener('abort', end)
        // A reader that took nothing still has its pages in the socket: they are not waited for.
        if (raw.writableNeedDrain) raw.destroy()
        else raw.end()
      }
    },
    count: () => open,
    close: () => closing.abort(),
  }
}

/** After the event that the reader saw last; without one, from now on. */
async function startPosition(
  feed: EventFeed,
  lastEventId: string | string[] | undefined,
): Promise<EventPosition> {
  const end = await feed.end()
  if (lastEventId === undefined || lastEventId === '') return end
  const position = parseEventId(String(lastEventId))
  if (position === undefined)
    throw new RoadsteadError('bad-request', 'Last-Event-ID is not the id of an event')
  // A database restored from a backup counts from before: what the reader saw is not to come again.
  return comparePositions(position, end) > 0 ? end : position
}

function sendHead(raw: ServerResponse, reply: FastifyReply): void {
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  )
  raw.writeHead(200, {
    ...Object.fromEntries(headers),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // A line that was kept for a next request would outlive the stream, and hold up the server's end.
    connection: 'close',
    // Asks proxies not to gather events.
    'x-accel-buffering': 'no',
  })
}

/** Writes what there is, waits for more, says in between that the line is alive. */
async function pump(
  write: (text: string) => Promise<void>,
  feed: EventFeed,
  filters: EventFilters,
  from: EventPosition,
  gone: AbortSignal,
): Promise<void> {
  let position = from
  // An id without data moves the reader's position: a line that breaks before the first event loses none.
  await write(`retry: 2000\nid: ${eventId(from)}\n\n`)
  while (!gone.aborted) {
    const { events, next } = await feed.read(position, filters)
    position = next
    if (events.length > 0) {
      for (const text of inPieces(events)) await write(text)
      continue
    }
    const quiet = AbortSignal.timeout(limits.eventsKeepAliveMs)
    await feed.more(position, AbortSignal.any([gone, quiet]))
    if (quiet.aborted && !gone.aborted) await write(`: still here\nid: ${eventId(position)}\n\n`)
  }
}

/** Few writes for many small events, and no write much larger than what one event needs. */
function* inPieces(events: readonly FleetEvent[]): Generator<string> {
  let piece = ''
  for (const event of events) {
    piece += eventText(event)
    if (piece.length < limits.eventsWriteChars) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

const eventText = (event: FleetEvent): string =>
  `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/**
 * Writes and, where the reader does not keep up, waits for it instead of gathering more.
 *
 * @throws (the function returned) RoadsteadError `timeout` when it takes nothing for too long
 */
function writer(raw: ServerResponse, stalledMs: number, gone: AbortSignal): (text: string) => Promise<void> {
  return async (text) => {
    if (gone.aborted || raw.write(text)) return
    const signal = AbortSignal.any([gone, AbortSignal.timeout(stalledMs)])
    await once(raw, 'drain', { signal }).catch((cause: unknown) => {
      if (!gone.aborted) throw new RoadsteadError('timeout', 'the reader takes no events', { cause })
    })
  }
}
