import { RoadsteadError } from '@roadstead/proto'
import { isNotFound, KubeError } from './errors.ts'
import { kubeLimits } from './limits.ts'

/** A kind as the API server serves it. */
export interface Resource {
  readonly apiVersion: string
  readonly kind: string
  /** The path segment. */
  readonly plural: string
  readonly namespaced: boolean
  readonly watchable: boolean
  /** Whether it has a status of its own to be written: otherwise nobody ever says how an object is. */
  readonly hasStatus: boolean
}

interface ApiResourceList {
  readonly resources?: readonly {
    readonly name: string
    readonly kind: string
    readonly namespaced: boolean
    readonly verbs?: readonly string[]
  }[]
}

/**
 * Discovery per group and version, and only of those in use: a cluster with two hundred CRDs answers the
 * aggregated request with hundreds of kilobytes, of which an agent needs a dozen lines.
 */
export interface Discovery {
  /** @throws RoadsteadError `kind-unknown` when the server does not serve the kind (asked anew each time) */
  find(apiVersion: string, kind: string, signal: AbortSignal): Promise<Resource>
  /** What is known without asking. */
  known(apiVersion: string, kind: string): Resource | undefined
  forget(): void
}

export function createDiscovery(getJson: (path: string, signal: AbortSignal) => Promise<unknown>): Discovery {
  const versions = new Map<string, { kinds: Map<string, Resource>; until: number }>()

  const load = async (apiVersion: string, signal: AbortSignal): Promise<Map<string, Resource>> => {
    const list = (await getJson(groupVersionPath(apiVersion), signal).catch((error: unknown) => {
      if (isNotFound(error) || (error instanceof KubeError && error.code === 'kind-unknown')) return {}
      throw error
    })) as ApiResourceList
    const kinds = new Map<string, Resource>()
    const names = new Set(list.resources?.map(({ name }) => name))
    for (const { name, kind, namespaced, verbs } of list.resources ?? []) {
      if (name.includes('/')) continue
      kinds.set(kind, {
        apiVersion,
        kind,
        plural: name,
        namespaced,
        watchable: verbs?.includes('watch') ?? false,
        hasStatus: names.has(`${name}/status`),
      })
    }
    versions.set(apiVersion, { kinds, until: performance.now() + kubeLimits.discoveryAgeMs })
    return kinds
  }

  return {
    async find(apiVersion, kind, signal) {
      const cached = versions.get(apiVersion)
      const known = cached && cached.until > performance.now() ? cached.kinds.get(kind) : undefined
      const resource = known ?? (await load(apiVersion, signal)).get(kind)
      if (resource) return resource
      throw new RoadsteadError(
        'kind-unknown',
        `the cluster does not serve ${kind} in ${apiVersion}; is its CustomResourceDefinition installed?`,
        { retry: 'retry' },
      )
    },
    known: (apiVersion, kind) => versions.get(apiVersion)?.kinds.get(kind),
    forget: () => versions.clear(),
  }
}

export const groupVersionPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

/** The path of a collection, or of one object in it. */
export function resourcePath(resource: Resource, namespace: string, name?: string): string {
  const scope = resource.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`
  return `${groupVersionPath(resource.apiVersion)}${scope}/${resource.plural}${object}`
}
