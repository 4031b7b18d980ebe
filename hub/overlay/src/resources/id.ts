export interface Gvk {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The identity of an object, as a build tells objects apart. */
export interface ResourceId extends Gvk {
  readonly name: string
  /** As written; `''` when the object names none. */
  readonly namespace: string
  readonly isClusterScoped: boolean
}

/** The namespace of objects that have none: no object can be in it. */
export const clusterNamespace = '_non_namespaceable_'

export function effectiveNamespace(id: ResourceId): string {
  if (id.isClusterScoped) return clusterNamespace
  return id.namespace === '' ? 'default' : id.namespace
}

export function idsEqual(a: ResourceId, b: ResourceId): boolean {
  return sameGvk(a, b) && a.name === b.name && effectiveNamespace(a) === effectiveNamespace(b)
}

export function sameGvk(a: Gvk, b: Gvk): boolean {
  return a.kind === b.kind && a.group === b.group && a.version === b.version
}

/** Does the selector, whose empty parts match anything, select this kind? */
export function isSelected(gvk: Gvk, selector: Partial<Gvk>): boolean {
  return (
    (!selector.group || selector.group === gvk.group) &&
    (!selector.version || selector.version === gvk.version) &&
    (!selector.kind || selector.kind === gvk.kind)
  )
}

export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

export function formatApiVersion({ group, version }: Gvk): string {
  return group === '' ? version : `${group}/${version}`
}

/** For messages: `Deployment.apps/web in namespace shop`. */
export function describeId(id: ResourceId): string {
  const kind = id.group === '' ? id.kind : `${id.kind}.${id.group}`
  return `${kind}/${id.name}${id.namespace === '' || id.isClusterScoped ? '' : ` in namespace ${id.namespace}`}`
}

/** A key under which equal ids, and only they, meet. */
export function idKey(id: ResourceId): string {
  return `${id.group}\n${id.version}\n${id.kind}\n${id.name}\n${effectiveNamespace(id)}`
}
