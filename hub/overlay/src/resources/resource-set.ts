import { fail } from '../errors.ts'
import { describeId, idKey, idsEqual, type ResourceId } from './id.ts'
import type { Resource } from './resource.ts'

/** The objects of a build in the order in which they were read. No two have the same current id. */
export class ResourceSet {
  #list: Resource[] = []
  /** Ids of `#list`; thrown away whenever someone may have renamed objects. */
  #index: Map<string, Resource> | undefined

  get size(): number {
    return this.#list.length
  }

  get all(): readonly Resource[] {
    return this.#list
  }

  append(resource: Resource): void {
    this.#index ??= new Map(this.#list.map((known) => [idKey(known.id), known]))
    const key = idKey(resource.id)
    const clash = this.#index.get(key)
    if (clash !== undefined) failTwice(resource, clash)
    this.#index.set(key, resource)
    this.#list.push(resource)
  }

  appendAll(resources: Iterable<Resource>): void {
    this.#index = undefined
    for (const resource of resources) this.append(resource)
  }

  replace(old: Resource, replacement: Resource): void {
    this.#index = undefined
    this.#list[this.#list.indexOf(old)] = replacement
  }

  /** Drops objects that a patch deleted or emptied. */
  dropDeleted(): void {
    this.#index = undefined
    this.#list = this.#list.filter((resource) => !resource.isDeleted && resource.node.content.length > 0)
  }

  reorder(list: Resource[]): void {
    this.#index = undefined
    this.#list = list
  }

  /** Objects that have, or ever had, an id that `matches`. */
  withAnyId(matches: (id: ResourceId) => boolean): Resource[] {
    return this.#list.filter(
      (resource) => !resource.isDeleted && (resource.previousIds.some(matches) || matches(resource.id)),
    )
  }

  /** Fails when a renaming has given two objects one id. */
  requireUniqueIds(because: string): void {
    const seen = new Map<string, Resource>()
    for (const resource of this.#list) {
      const key = idKey(resource.id)
      const other = seen.get(key)
      if (other !== undefined)
        fail(`${because}: two objects would be ${describeId(resource.id)}`, resource.place)
      seen.set(key, resource)
    }
  }

  /** The one object that has or had this id. */
  demandById(id: ResourceId, purpose: string): Resource {
    const found = this.withAnyId((candidate) => idsEqual(candidate, id))
    if (found.length === 1) return found[0]!
    if (found.length === 0) fail(`${purpose} matches no object: there is no ${describeId(id)}`)
    return fail(`${purpose} is ambiguous: ${found.length} objects are or were ${describeId(id)}`)
  }
}

function failTwice(resource: Resource, clash: Resource): never {
  const { file, line } = clash.place
  const where = file === undefined ? '' : ` (the other one is in ${file}:${line})`
  return fail(`two objects with one id: ${describeId(resource.id)}${where}`, resource.place)
}
