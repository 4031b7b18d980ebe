import { apiVersionOf, type ResourceKind } from '../resources/kind.ts'
import type { Registry } from '../resources/registry.ts'

/** What the simulated cluster says it is, wherever a version is shown. */
export const VERSION = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.0+simulated',
  gitCommit: 'simulated',
  gitTreeState: 'clean',
  buildDate: '2025-08-27T10:17:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'roadstead/simulated',
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const SUB_VERBS = ['get', 'patch', 'update']

/** Reviews are answered but not stored (see reviews.ts); clients find them by discovery. */
const REVIEWS = [
  { group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews' },
  { group: 'authorization.k8s.io', kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews' },
  { group: 'authentication.k8s.io', kind: 'SelfSubjectReview', plural: 'selfsubjectreviews' },
]

interface Listed {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly verbs: readonly string[]
  readonly source: ResourceKind | undefined
}

function listed(registry: Registry): Listed[] {
  const kinds = registry.all().map((source) => ({ ...source, verbs: VERBS, source }))
  const reviews = REVIEWS.map((review) => ({
    ...review,
    version: 'v1',
    verbs: ['create'],
    source: undefined,
  }))
  return [...kinds, ...reviews]
}

/** Groups in the order they were registered, each with its versions. */
function groups(registry: Registry): Map<string, Map<string, Listed[]>> {
  const byGroup = new Map<string, Map<string, Listed[]>>()
  for (const one of listed(registry)) {
    const versions = byGroup.get(one.group) ?? new Map<string, Listed[]>()
    byGroup.set(one.group, versions)
    versions.set(one.version, [...(versions.get(one.version) ?? []), one])
  }
  return byGroup
}

export const apiVersions = (host: string) => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }],
})

export const apiGroupList = (registry: Registry) => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...groups(registry)]
    .filter(([group]) => group !== '')
    .map(([group, versions]) => groupBody(group, versions)),
})

export function apiGroup(registry: Registry, group: string): unknown {
  const versions = groups(registry).get(group)
  return versions && group !== ''
    ? { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group, versions) }
    : undefined
}

function groupBody(group: string, versions: Map<string, Listed[]>) {
  const all = [...versions.keys()].map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: all, preferredVersion: all[0] }
}

/** `/api/v1` and `/apis/<group>/<version>`. */
export function apiResourceList(registry: Registry, group: string, version: string): unknown {
  const kinds = groups(registry).get(group)?.get(version)
  if (!kinds) return undefined
  const resources = kinds.flatMap((one) => [mainResource(one), ...subResources(one)])
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources,
  }
}

const singular = (one: Listed) => one.source?.singular ?? one.kind.toLowerCase()
const namespaced = (one: Listed) => one.source?.namespaced ?? false

const mainResource = (one: Listed) => ({
  name: one.plural,
  singularName: singular(one),
  namespaced: namespaced(one),
  kind: one.kind,
  verbs: one.verbs,
  ...(one.source?.shortNames.length ? { shortNames: one.source.shortNames } : {}),
  ...(one.source?.categories.length ? { categories: one.source.categories } : {}),
})

function subResources(one: Listed): unknown[] {
  return subresourcesOf(one).map(({ name, kind }) => ({
    name: `${one.plural}/${name}`,
    singularName: '',
    namespaced: namespaced(one),
    ...(kind.group === one.group ? {} : { group: kind.group, version: kind.version }),
    kind: kind.kind,
    verbs: SUB_VERBS,
  }))
}

function subresourcesOf(one: Listed) {
  const { group, version, kind, source } = one
  return [
    ...(source?.scale
      ? [{ name: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } }]
      : []),
    ...(source?.status ? [{ name: 'status', kind: { group, version, kind } }] : []),
  ]
}

export const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Aggregated discovery (apidiscovery.k8s.io/v2): of the core group at /api, of all others at /apis. */
export function aggregated(registry: Registry, root: 'api' | 'apis'): unknown {
  const items = [...groups(registry)]
    .filter(([group]) => (group === '') === (root === 'api'))
    .map(([group, versions]) => ({
      metadata: { ...(group ? { name: group } : {}), creationTimestamp: null },
      versions: [...versions].map(([version, kinds]) => ({
        version,
        resources: kinds.map(aggregatedResource),
        freshness: 'Current',
      })),
    }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}

function aggregatedResource(one: Listed): unknown {
  const subresources = subresourcesOf(one).map(({ name, kind }) => ({
    subresource: name,
    responseKind: kind,
    verbs: SUB_VERBS,
  }))
  return {
    resource: one.plural,
    responseKind: { group: one.group, version: one.version, kind: one.kind },
    scope: namespaced(one) ? 'Namespaced' : 'Cluster',
    singularResource: singular(one),
    verbs: one.verbs,
    ...(one.source?.shortNames.length ? { shortNames: one.source.shortNames } : {}),
    ...(one.source?.categories.length ? { categories: one.source.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  }
}
