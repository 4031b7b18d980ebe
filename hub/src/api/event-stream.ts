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
  /** Ends all streams; readers resume elsewhere. */
  close(): void
}

export function createEventStreams(feed: EventFeed): EventStreams {
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
      closing.signal.addEventListener('abort', end, { once: true })
      open += 1
      try {
        sendHead(raw, reply)
        await pump(raw, feed, filters, position, gone.signal)
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
    // Asks proxies not to gather events.
    'x-accel-buffering': 'no',
  })
}

/** Writes what there is, waits for more, says in between that the line is alive. */
async function pump(
  raw: ServerResponse,
  feed: EventFeed,
  filters: EventFilters,
  from: EventPosition,
  gone: AbortSignal,
): Promise<void> {
  let position = from
  // An id without data moves the reader's position: a line that breaks before the first event loses none.
  await write(raw, `retry: 2000\nid: ${eventId(from)}\n\n`, gone)
  while (!gone.aborted) {
    const { events, next } = await feed.read(position, filters)
    position = next
    if (events.length > 0) {
      await write(raw, events.map(eventText).join(''), gone)
      continue
    }
    const quiet = AbortSignal.timeout(limits.eventsKeepAliveMs)
    await feed.more(position, AbortSignal.any([gone, quiet]))
    if (quiet.aborted && !gone.aborted) await write(raw, `: still here\nid: ${eventId(position)}\n\n`, gone)
  }
}

const eventText = (event: FleetEvent): string =>
  `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/**
 * Writes and, where the reader does not keep up, waits for it instead of gathering more.
 *
 * @throws when it takes nothing for too long
 */
async function write(raw: ServerResponse, text: string, gone: AbortSignal): Promise<void> {
  if (gone.aborted || raw.write(text)) return
  const signal = AbortSignal.any([gone, AbortSignal.timeout(limits.eventsStalledMs)])
  await once(raw, 'drain', { signal }).catch((cause: unknown) => {
    if (!gone.aborted) throw new RoadsteadError('timeout', 'the reader takes no events', { cause })
  })
}
