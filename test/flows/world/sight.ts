import type { KubeObject, SimulatedCluster } from '../../sim/index.ts'
import type { Answer, World } from './world.ts'

/** What a flow looks at, in words short enough for an assertion. */
export interface Sight {
  /** One app on one cluster, as the API shows it. */
  placement(cluster: string, app: string): Promise<Answer>
  cluster(name: string): Promise<Answer>
  /** All events of a type, the first first. */
  events(type: string): Promise<Answer[]>
  /** All drift records, the first first. */
  drift(): Promise<Answer[]>
}

export const see = ({ hub }: Pick<World, 'hub'>): Sight => ({
  placement: async (cluster, app) => (await hub.get(`/v1/placements?cluster=${cluster}&app=${app}`)).items[0],
  cluster: (name) => hub.get(`/v1/clusters/${name}`),
  events: async (type) => (await hub.get(`/v1/events?type=${type}&order=asc&limit=200`)).items,
  drift: async () => (await hub.get('/v1/drift?limit=200')).items.toReversed(),
})

const looked = [
  ['v1', 'ConfigMap'],
  ['apps/v1', 'Deployment'],
] as const

/** The objects that Roadstead keeps in a cluster: `kind/name` → uid. An object made anew has another uid. */
export function managedObjects({
  objects,
}: Pick<SimulatedCluster, 'objects'>): Record<string, string | undefined> {
  const isManaged = ({ metadata }: KubeObject) => 'roadstead.dev/app' in (metadata.labels ?? {})
  return Object.fromEntries(
    looked.flatMap(([apiVersion, kind]) =>
      objects
        .list(apiVersion, kind, 'default')
        .filter(isManaged)
        .map(({ metadata }) => [`${kind}/${metadata.name}`, metadata.uid]),
    ),
  )
}
