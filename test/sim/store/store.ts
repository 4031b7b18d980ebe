import { expired, tooLarge } from '../api/errors.ts'
import { type KubeObject, withMeta } from './object.ts'

/** One change, kept so that watches can resume and lists can be continued at an older version. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly revision: number
  /** `deployments.apps`. */
  readonly resource: string
  readonly key: string
  /** For DELETED the last state, carrying the revision of its deletion. */
  readonly object: KubeObject
  readonly previous: KubeObject | undefined
}

/** Changes kept for watches to resume from; older ones answer 410. */
export const MAX_LOG_EVENTS = 5_000

/** A state may have been saved before its last changes were seen: revisions start well above those. */
const LOAD_REVISION_JUMP = 10_000

export const keyOf = (namespace: string | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name

/**
 * All objects of one cluster with one revision counter, and the log of recent changes: what etcd and the watch
 * cache are to a real API server. Synchronous; subscribers are called in the order of the changes, after each.
 */
export class Store {
  #revision = 1
  #compacted = 0
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  #log: StoreEvent[] = []
  readonly #subscribers = new Set<(event: StoreEvent) => void>()

  get revision(): number {
    return this.#revision
  }

  get(resource: string, key: string): KubeObject | undefined {
    return this.#objects.get(resource)?.get(key)
  }

  /** Objects in key order, of one namespace or of all. */
  list(resource: string, namespace?: string): KubeObject[] {
    return inOrder(this.#objects.get(resource) ?? new Map(), namespace)
  }

  /** The list as it was at a revision; throws 410 when the log no longer reaches back that far. */
  listAt(resource: string, namespace: string | undefined, revision: number): KubeObject[] {
    if (revision < this.#compacted) throw expired(tooOld(revision, this.#compacted))
    const then = new Map(this.#objects.get(resource))
    for (let index = this.#log.length - 1; index >= 0; index--) {
      const event = this.#log[index] as StoreEvent
      if (event.revision <= revision) break
      if (event.resource !== resource) continue
      if (event.previous) then.set(event.key, event.previous)
      else then.delete(event.key)
    }
    return inOrder(then, namespace)
  }

  /** Stores an object under the next revision and gives back what was stored. */
  put(resource: string, object: KubeObject): KubeObject {
    const key = keyOf(object.metadata.namespace, object.metadata.name)
    const objects = this.#objects.get(resource) ?? new Map<string, KubeObject>()
    this.#objects.set(resource, objects)
    const previous = objects.get(key)
    const revision = ++this.#revision
    const stored = withMeta(object, { resourceVersion: String(revision) })
    objects.set(key, stored)
    this.#publish({
      type: previous ? 'MODIFIED' : 'ADDED',
      revision,
      resource,
      key,
      object: stored,
      previous,
    })
    return stored
  }

  remove(resource: string, key: string): KubeObject | undefined {
    const previous = this.#objects.get(resource)?.get(key)
    if (!previous) return undefined
    this.#objects.get(resource)?.delete(key)
    const revision = ++this.#revision
    const object = withMeta(previous, { resourceVersion: String(revision) })
    this.#publish({ type: 'DELETED', revision, resource, key, object, previous })
    return object
  }

  /** Changes after a revision, oldest first; throws 410 when some of them are forgotten. */
  since(revision: number): readonly StoreEvent[] {
    if (revision < this.#compacted) throw expired(tooOld(revision, this.#compacted))
    if (revision > this.#revision) throw tooLarge(revision, this.#revision)
    let start = this.#log.length
    while (start > 0 && (this.#log[start - 1] as StoreEvent).revision > revision) start--
    return this.#log.slice(start)
  }

  /** Forgets the history: every watch that resumes from before now answers 410. */
  compact(): void {
    this.#log = []
    this.#compacted = ++this.#revision
  }

  subscribe(subscriber: (event: StoreEvent) => void): () => void {
    this.#subscribers.add(subscriber)
    return () => this.#subscribers.delete(subscriber)
  }

  /** Every object, for saving. */
  save(): SavedState {
    const objects: Record<string, KubeObject[]> = {}
    for (const [resource, byKey] of this.#objects) if (byKey.size > 0) objects[resource] = [...byKey.values()]
    return { revision: this.#revision, objects }
  }

  /** Replaces everything by a saved state. History does not survive: older watches get 410, as after a restore. */
  load(state: SavedState): void {
    this.#objects.clear()
    for (const [resource, objects] of Object.entries(state.objects)) {
      this.#objects.set(
        resource,
        new Map(objects.map((o) => [keyOf(o.metadata.namespace, o.metadata.name), o])),
      )
    }
    this.#revision = Math.max(this.#revision, state.revision) + LOAD_REVISION_JUMP
    this.compact()
  }

  #publish(event: StoreEvent): void {
    this.#log.push(event)
    if (this.#log.length > MAX_LOG_EVENTS * 1.2) {
      const dropped = this.#log.splice(0, this.#log.length - MAX_LOG_EVENTS)
      this.#compacted = dropped.at(-1)?.revision ?? this.#compacted
    }
    for (const subscriber of this.#subscribers) subscriber(event)
  }
}

export interface SavedState {
  readonly revision: number
  readonly objects: Readonly<Record<string, readonly KubeObject[]>>
}

const tooOld = (asked: number, oldest: number) => `too old resource version: ${asked} (${oldest})`

function inOrder(objects: ReadonlyMap<string, KubeObject>, namespace?: string): KubeObject[] {
  const keys = [...objects.keys()].filter((key) => namespace === undefined || key.startsWith(`${namespace}/`))
  return keys.sort().map((key) => objects.get(key) as KubeObject)
}
