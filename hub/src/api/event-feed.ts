import { setTimeout as delay } from 'node:timers/promises'
import {
  comparePositions,
  type EventFilters,
  type EventPosition,
  eventsAfter,
  type FleetEvent,
  parseEventId,
  readEventHorizon,
} from '../readmodel/index.ts'
import type { ApiEdges } from './edges.ts'
import { limits } from './limits.ts'

/**
 * The newest events, read once for all streams of this replica. A stream is a position: it reads what
 * follows from here or, where that is no longer kept, from the database, and waits for more.
 */
export interface EventFeed {
  /** The end of what can be read now, by the database: this replica may not have read that far yet. */
  end(): Promise<EventPosition>
  /** Up to a page of matching events after a position, and the position to go on from. */
  read(after: EventPosition, filters: EventFilters): Promise<{ events: FleetEvent[]; next: EventPosition }>
  /** Resolves when there is something after this position, or with the signal. */
  more(after: EventPosition, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

interface Kept {
  readonly position: EventPosition
  readonly event: FleetEvent
}

export function createEventFeed(
  { database, onEvents }: Pick<ApiEdges, 'database' | 'onEvents'>,
  onError: (error: unknown) => void,
): EventFeed {
  const stop = new AbortController()
  /** All events after `start` and up to `end`, in their order. */
  const kept: Kept[] = []
  let start: EventPosition | undefined
  let end: EventPosition | undefined
  const waiters = new Set<() => void>()
  let wake = () => {}
  const wakeUps = onEvents?.(() => wake())

  const look = async (): Promise<boolean> => {
    const horizon = await readEventHorizon(database)
    if (start === undefined || end === undefined) {
      start = end = horizon.position
      return horizon.waiting
    }
    const events = await eventsAfter(database, {}, end, limits.eventsPerRead)
    const found = events.map((event) => ({ event, position: positionOf(event) }))
    const isAll = found.length < limits.eventsPerRead
    end = latest(isAll ? horizon.position : end, found.at(-1)?.position ?? end)
    kept.push(...found)
    const surplus = kept.splice(0, Math.max(0, kept.length - limits.eventsKept))
    start = surplus.at(-1)?.position ?? start
    if (found.length > 0) {
      for (const resolve of waiters) resolve()
    }
    return horizon.waiting || !isAll
  }

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const called = new Promise<void>((resolve) => {
        wake = resolve
      })
      const soon = await look().catch((error: unknown) => {
        onError(error)
        return false
      })
      const pauseMs = soon ? limits.eventsRetryMs : limits.eventsPollMs
      await Promise.race([called, pause(pauseMs, stop.signal)])
      await pause(limits.eventsGapMs, stop.signal)
    }
  }

  // Nothing is read before the first stream asks.
  let running: Promise<void> | undefined
  let first: Promise<unknown> | undefined
  const begin = async (): Promise<EventPosition> => {
    first ??= look().catch((error: unknown) => {
      first = undefined
      throw error
    })
    await first
    running ??= run()
    return end as EventPosition
  }

  return {
    async end() {
      await begin()
      return (await readEventHorizon(database)).position
    },
    async read(after, filters) {
      const upTo = await begin()
      if (start !== undefined && comparePositions(after, start) >= 0)
        return readKept(kept, after, upTo, filters)
      const events = await eventsAfter(database, filters, after, limits.eventsPerRead)
      const last = events.at(-1)
      const lastPosition = last === undefined ? after : positionOf(last)
      return {
        events,
        next: events.length < limits.eventsPerRead ? latest(upTo, lastPosition) : lastPosition,
      }
    },
    async more(after, signal) {
      const upTo = await begin()
      const last = kept.at(-1)?.position
      if (last !== undefined && comparePositions(last, after) > 0) return
      if (start !== undefined && comparePositions(after, start) < 0 && comparePositions(after, upTo) < 0)
        return
      const { promise, resolve } = Promise.withResolvers<void>()
      const end = () => resolve()
      waiters.add(end)
      signal.addEventListener('abort', end, { once: true })
      await promise
      waiters.delete(end)
    },
    async close() {
      stop.abort()
      await wakeUps?.close()
      await running
    },
  }
}

function readKept(kept: readonly Kept[], after: EventPosition, upTo: EventPosition, filters: EventFilters) {
  const events: FleetEvent[] = []
  let last = after
  for (const { event, position } of kept.slice(firstAfter(kept, after))) {
    last = position
    if (matches(event, filters)) events.push(event)
    if (events.length === limits.eventsPerRead) return { events, next: last }
  }
  // More may be kept by now than there was up to `upTo`, and it is among what was read.
  return { events, next: latest(upTo, last) }
}

/** Index of the first event after a position, by bisection. */
function firstAfter(kept: readonly Kept[], after: EventPosition): number {
  let [low, high] = [0, kept.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const position = kept[middle]?.position
    if (position !== undefined && comparePositions(position, after) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** As the same filters in SQL. */
function matches(event: FleetEvent, { environment, cluster, app, commit, type }: EventFilters): boolean {
  const is = (wanted: string | undefined, actual: string | null) => wanted === undefined || wanted === actual
  const isType = type?.endsWith('.*') ? event.type.startsWith(type.slice(0, -1)) : is(type, event.type)
  return (
    isType &&
    is(environment, event.environment) &&
    is(cluster, event.cluster) &&
    is(app, event.app) &&
    is(commit, event.commit)
  )
}

const latest = (a: EventPosition, b: EventPosition): EventPosition => (comparePositions(a, b) >= 0 ? a : b)

function positionOf({ id }: FleetEvent): EventPosition {
  const position = parseEventId(id)
  if (position === undefined) throw new Error(`the event id ${id} is no position`)
  return position
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal, ref: false }).catch(() => {})
