import type { KubernetesObject } from '@roadstead/overlay'
import { RoadsteadError } from '@roadstead/proto'
import { withoutHash } from '../render/index.ts'
import { nearest } from '../source/definition/index.ts'

/** `Deployment/web`, `Deployment/shop/web` or, with its API group, `Deployment.apps/web`. */
const written = /^([A-Za-z][A-Za-z0-9]*)(?:\.([A-Za-z0-9.-]+))?\/(?:([^/]+)\/)?([^/]+)$/

/** How an object is asked for: as short as it may be. */
const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`

const fullNameOf = ({ apiVersion, kind, metadata }: KubernetesObject): string => {
  const slash = apiVersion.lastIndexOf('/')
  const group = slash < 0 ? '' : `.${apiVersion.slice(0, slash)}`
  return [
    kind + group,
    ...(metadata.namespace === undefined ? [] : [metadata.namespace]),
    metadata.name,
  ].join('/')
}

/**
 * The index of the object that is meant. The kind may be in any case; a generated name may be given without
 * its hash.
 *
 * @throws RoadsteadError `bad-request` when it is no name of an object; `not-found` when it is none of these
 *   objects, with those that may have been meant; `conflict` when it is several
 */
export function findObject(objects: readonly KubernetesObject[], wanted: string): number {
  const [, kind, group, namespace, name] = written.exec(wanted) ?? []
  if (kind === undefined || name === undefined) {
    const message = `"${wanted}" names no object; write Kind/name, Kind/namespace/name or Kind.group/name`
    throw new RoadsteadError('bad-request', message)
  }
  const fits = (object: KubernetesObject, objectName: string): boolean =>
    object.kind.toLowerCase() === kind.toLowerCase() &&
    objectName === name &&
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (group === undefined || object.apiVersion.startsWith(`${group}/`))
  const exact = objects.filter((object) => fits(object, object.metadata.name))
  const found =
    exact.length > 0 ? exact : objects.filter((object) => fits(object, withoutHash(object.metadata.name)))
  if (found.length === 1) return objects.indexOf(found[0]!)
  if (found.length > 1) {
    const message = `${wanted} may be ${found.map(fullNameOf).join(' or ')}; name it in full`
    throw new RoadsteadError('conflict', message)
  }
  throw new RoadsteadError(
    'not-found',
    `the app has no object ${wanted}; ${suggestion(objects, kind, wanted)}`,
  )
}

function suggestion(objects: readonly KubernetesObject[], kind: string, wanted: string): string {
  const names = objects.map(nameOf)
  const near = nearest(wanted, names)
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`
  const ofKind = names.filter((name) => name.toLowerCase().startsWith(`${kind.toLowerCase()}/`))
  return `it has ${(ofKind.length > 0 ? ofKind : names).join(', ')}`
}
