import type { KubeObject } from '../store/object.ts'
import { keyOf, type Store, type StoreEvent } from '../store/store.ts'

/** Which objects name which owner, by uid. */
export class Owners {
  readonly #store: Store
  readonly #dependents = new Map<string, Map<string, { resource: string; key: string }>>()

  constructor(store: Store) {
    this.#store = store
    this.reload()
    store.subscribe((event) => this.#follow(event))
  }

  reload(): void {
    this.#dependents.clear()
    for (const [resource, objects] of Object.entries(this.#store.save().objects)) {
      for (const object of objects) this.#add(resource, object)
    }
  }

  /** Live objects of any kind, or of one resource, that name this owner. */
  of(uid: string, resource?: string): { resource: string; object: KubeObject }[] {
    const found: { resource: string; object: KubeObject }[] = []
    for (const entry of this.#dependents.get(uid)?.values() ?? []) {
      if (resource && entry.resource !== resource) continue
      const object = this.#store.get(entry.resource, entry.key)
      if (object) found.push({ resource: entry.resource, object })
    }
    return found
  }

  /** Objects of one resource whose controller this is, oldest first. */
  controlled(owner: KubeObject, resource: string): KubeObject[] {
    const { uid = '' } = owner.metadata
    return this.of(uid, resource)
      .map((one) => one.object)
      .filter((object) => controllerOf(object)?.uid === uid)
  }

  #follow(event: StoreEvent): void {
    if (event.previous) this.#drop(event.resource, event.previous)
    if (event.type !== 'DELETED') this.#add(event.resource, event.object)
  }

  #add(resource: string, object: KubeObject): void {
    const key = keyOf(object.metadata.namespace, object.metadata.name)
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const entries = this.#dependents.get(uid) ?? new Map()
      this.#dependents.set(uid, entries)
      entries.set(`${resource} ${key}`, { resource, key })
    }
  }

  #drop(resource: string, object: KubeObject): void {
    const id = `${resource} ${keyOf(object.metadata.namespace, object.metadata.name)}`
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const entries = this.#dependents.get(uid)
      entries?.delete(id)
      if (entries?.size === 0) this.#dependents.delete(uid)
    }
  }
}

export const controllerOf = (object: KubeObject) =>
  object.metadata.ownerReferences?.find((one) => one.controller)

/** The owner reference a controller puts on what it makes. */
export const ownedBy = (owner: KubeObject) => [
  {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  },
]
