import type { Context } from '../operations/context.ts'
import { inVersion } from '../operations/write.ts'
import { apiVersionOf, groupResourceOf, type ResourceKind } from '../resources/kind.ts'
import type { KubeObject } from '../store/object.ts'
import type { StoreEvent } from '../store/store.ts'
import { ApiError } from './errors.ts'
import { type Filter, filterOf } from './list.ts'

/** Where a watch is written to. */
export interface WatchSink {
  write(line: string): void
  /** Bytes accepted but not yet taken by the client. */
  readonly pendingBytes: number
  end(): void
}

/** A watcher this far behind is cut off; it resumes from its last resource version. */
export const MAX_PENDING_BYTES = 16 * 1024 * 1024
/** How often a quiet watch is told how far it has come. */
export const BOOKMARK_INTERVAL_MS = 60_000
const DEFAULT_WATCH_SECONDS = 1_800

/** How an object is shown: whole, as a table row, as metadata only. */
export type Render = (object: KubeObject) => unknown

export interface WatchRequest {
  readonly kind: ResourceKind
  readonly namespace: string
  readonly query: URLSearchParams
  readonly render: Render | undefined
}

/** The watches of one cluster: one subscription to the store, one bookmark timer, nothing per object. */
export class WatchHub {
  readonly #context: Context
  readonly #watches = new Set<Watch>()
  #bookmarks: NodeJS.Timeout | undefined

  constructor(context: Context) {
    this.#context = context
    context.store.subscribe((event) => {
      for (const watch of this.#watches) watch.deliver(event)
    })
  }

  get size(): number {
    return this.#watches.size
  }

  /** Starts a watch; it ends itself after `timeoutSeconds` and calls `sink.end`. */
  start(request: WatchRequest, sink: WatchSink): Watch {
    const watch = new Watch(this.#context, request, sink, () => this.#forget(watch))
    this.#watches.add(watch)
    this.#bookmarks ??= setInterval(() => {
      for (const one of this.#watches) one.bookmark()
    }, BOOKMARK_INTERVAL_MS).unref()
    watch.begin()
    return watch
  }

  /** Ends every watch, as a restarting API server does; returns how many there were. */
  dropAll(): number {
    const dropped = [...this.#watches]
    for (const watch of dropped) watch.stop()
    return dropped.length
  }

  #forget(watch: Watch): void {
    this.#watches.delete(watch)
    if (this.#watches.size > 0 || !this.#bookmarks) return
    clearInterval(this.#bookmarks)
    this.#bookmarks = undefined
  }
}

export class Watch {
  readonly #context: Context
  readonly #request: WatchRequest
  readonly #sink: WatchSink
  readonly #stopped: () => void
  readonly #filter: Filter
  readonly #resource: string
  readonly #timer: NodeJS.Timeout
  #live = false
  #ended = false
  #told = 0

  constructor(context: Context, request: WatchRequest, sink: WatchSink, stopped: () => void) {
    this.#context = context
    this.#request = request
    this.#sink = sink
    this.#stopped = stopped
    this.#filter = filterOf(request.query)
    this.#resource = groupResourceOf(request.kind)
    const seconds = Number(request.query.get('timeoutSeconds') ?? DEFAULT_WATCH_SECONDS)
    this.#timer = setTimeout(() => this.stop(), seconds * 1000).unref()
  }

  /** Sends what happened since the asked version (or everything there is), then follows. */
  begin(): void {
    const { query, kind, namespace } = this.#request
    const { store } = this.#context
    const version = query.get('resourceVersion') ?? ''
    const initial = query.get('sendInitialEvents') === 'true'
    try {
      if (version === '' || version === '0' || initial) {
        const objects = store.list(this.#resource, namespace || undefined)
        for (const object of objects) if (this.#filter(object)) this.#send('ADDED', object)
        this.#told = store.revision
        if (initial) this.#sendBookmark({ 'k8s.io/initial-events-end': 'true' })
      } else {
        const from = Number(version)
        if (!Number.isSafeInteger(from))
          throw new ApiError(400, 'BadRequest', `Invalid resource version: ${version}`)
        for (const event of store.since(from)) this.#handle(event)
      }
      this.#live = true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.#line('ERROR', error.toStatus())
      this.stop()
    }
    if (kind.custom && !this.#context.registry.find(kind.group, kind.version, kind.plural)) this.stop()
  }

  deliver(event: StoreEvent): void {
    if (this.#live) this.#handle(event)
  }

  /** Tells a client that asked for bookmarks how far it has come, unless it knows. */
  bookmark(): void {
    if (this.#request.query.get('allowWatchBookmarks') !== 'true') return
    if (this.#told < this.#context.store.revision) this.#sendBookmark({})
  }

  stop(): void {
    if (this.#ended) return
    this.#ended = true
    this.#live = false
    clearTimeout(this.#timer)
    this.#stopped()
    this.#sink.end()
  }

  #handle(event: StoreEvent): void {
    if (event.resource !== this.#resource) return
    if (this.#request.namespace && event.object.metadata.namespace !== this.#request.namespace) return
    const was = event.previous !== undefined && this.#filter(event.previous)
    const is = event.type !== 'DELETED' && this.#filter(event.object)
    this.#told = event.revision
    if (was && is) this.#send('MODIFIED', event.object)
    else if (is) this.#send('ADDED', event.object)
    else if (was) this.#send('DELETED', event.object)
  }

  #send(type: string, object: KubeObject): void {
    const shown = inVersion(this.#request.kind, object)
    if (this.#request.render) this.#line(type, this.#request.render(shown))
    else this.#write(`{"type":"${type}","object":${jsonOf(shown)}}\n`)
  }

  #sendBookmark(annotations: Record<string, string>): void {
    const { kind, render } = this.#request
    const { revision } = this.#context.store
    const metadata = {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    }
    const object = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata } as unknown as KubeObject
    this.#told = revision
    this.#line('BOOKMARK', render ? render(object) : object)
  }

  #line(type: string, object: unknown): void {
    this.#write(`${JSON.stringify({ type, object })}\n`)
  }

  #write(line: string): void {
    if (this.#ended) return
    this.#sink.write(line)
    if (this.#sink.pendingBytes > MAX_PENDING_BYTES) this.stop()
  }
}

const texts = new WeakMap<KubeObject, string>()

/** The object as JSON; many watches show the same stored object. */
function jsonOf(object: KubeObject): string {
  const known = texts.get(object)
  if (known) return known
  const text = JSON.stringify(object)
  texts.set(object, text)
  return text
}
