import { readJson } from './call.ts'
import { errorOfStatus, errorOfTransport } from './errors.ts'
import { kubeLimits } from './limits.ts'
import { lines } from './lines.ts'
import type { LiveObject } from './objects.ts'
import type { HttpResponse } from './transport.ts'

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: LiveObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }

interface RawEvent {
  readonly type: WatchEvent['type'] | 'ERROR'
  readonly object: LiveObject & { readonly code?: number }
}

/**
 * Reads one watch to its end: the server's time limit, a lost connection, or silence for longer than
 * bookmarks allow. The caller starts the next from the last version it saw.
 *
 * @throws RoadsteadError; `isExpired` tells that the next needs a new list first
 */
export async function* readWatch(
  open: (signal: AbortSignal) => Promise<HttpResponse>,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const ending = new AbortController()
  const both = AbortSignal.any([signal, ending.signal])
  const idle = setTimeout(() => ending.abort(), kubeLimits.watchIdleMs)
  idle.unref()
  try {
    const { body } = await open(both)
    for await (const line of lines(body, kubeLimits.watchLineBytes)) {
      idle.refresh()
      if (line !== '') yield eventOf(readJson(line) as unknown as RawEvent)
    }
  } catch (cause) {
    if (!both.aborted) throw errorOfTransport(cause, signal, 'a watch')
  } finally {
    clearTimeout(idle)
    ending.abort()
  }
}

function eventOf({ type, object }: RawEvent): WatchEvent {
  if (type === 'ERROR') throw errorOfStatus(object.code ?? 500, JSON.stringify(object))
  if (type !== 'BOOKMARK') return { type, object }
  return { type, resourceVersion: object.metadata.resourceVersion ?? '' }
}
