import { type AssignmentContent, type ClusterName, limits } from '@roadstead/proto'
import type { Cluster, FleetDefinition, FleetProblem } from '../source/index.ts'
import { type ClusterGroup, groupProblems } from './checks.ts'
import {
  type FleetReleases,
  type KeptReleases,
  type Offer,
  offersByEnvironment,
  offersFor,
  type PlacedApp,
} from './offer.ts'

export interface Placement {
  /** What each cluster should run. */
  readonly contents: ReadonlyMap<ClusterName, AssignmentContent>
  /** Those that name an app and an environment hold back that alone; any other holds back the commit. */
  readonly problems: readonly FleetProblem[]
}

/**
 * Says what every cluster should run. Pure. The work grows with the clusters, and with the objects of each
 * distinct set of apps, not with clusters times objects.
 */
export function placeFleet(
  definition: FleetDefinition,
  releases: FleetReleases,
  kept: KeptReleases = new Map(),
): Placement {
  const problems: FleetProblem[] = []
  const environments = offersByEnvironment(definition, releases, kept)
  const contents = new Map<ClusterName, AssignmentContent>()
  const groups = new Map<string, ClusterGroup & { readonly clusters: Cluster[] }>()
  const measure = appMeasure()
  for (const cluster of definition.clusters.values()) {
    const offers = offersFor(environments.get(cluster.environment)!, cluster, problems)
    const key = offers.map(({ id }) => id).join(' ')
    const group = groups.get(key)
    if (group) group.clusters.push(cluster)
    else groups.set(key, { offers, clusters: [cluster] })
    const content = contentOf(definition, cluster, offers)
    contents.set(cluster.name, content)
    problems.push(...sizeProblems(cluster, content, measure))
  }
  return { contents, problems: [...problems, ...groupProblems(groups.values())] }
}

function contentOf(
  { deletionApprovals }: FleetDefinition,
  { name, environment, labels, variables, allowEmpty }: Cluster,
  offers: readonly Offer[],
): AssignmentContent {
  return {
    cluster: name,
    environment,
    labels,
    variables,
    allowEmpty,
    apps: offers.flatMap(({ placed }) => (placed === undefined ? [] : [placed])),
    deletionApprovals: approvalsFor(deletionApprovals, name, environment),
  }
}

function approvalsFor(
  approvals: FleetDefinition['deletionApprovals'],
  cluster: ClusterName,
  environment: string,
): AssignmentContent['deletionApprovals'] {
  const largest = new Map<string, AssignmentContent['deletionApprovals'][number]>()
  for (const { app, maxObjects, ...where } of approvals) {
    if (where.cluster !== undefined && where.cluster !== cluster) continue
    if (where.environment !== undefined && where.environment !== environment) continue
    largest.set(app, { app, maxObjects: Math.max(maxObjects, largest.get(app)?.maxObjects ?? 0) })
  }
  return [...largest.values()].sort((a, b) => (a.app < b.app ? -1 : 1))
}

/** Room for what dispatch adds: the generation, the commit, the time, the seal; */
const reservedBytes = 1_024
/** and to each app: since when, and the key of its release. */
const reservedBytesPerApp = 128

/** Bytes of an app in an assignment. Clusters share the apps, so each is written out once, not once for each. */
function appMeasure(): (app: PlacedApp) => number {
  const known = new Map<PlacedApp, number>()
  return (app) => {
    const bytes = known.get(app) ?? Buffer.byteLength(JSON.stringify(app)) + reservedBytesPerApp
    known.set(app, bytes)
    return bytes
  }
}

function sizeProblems(
  { name, file }: Cluster,
  content: AssignmentContent,
  measure: (app: PlacedApp) => number,
): FleetProblem[] {
  const frame = Buffer.byteLength(JSON.stringify({ ...content, apps: [] }))
  const bytes = content.apps.reduce((sum, app) => sum + measure(app), frame)
  const limit = limits.assignmentBytes - reservedBytes
  if (bytes <= limit) return []
  const message = `the assignment of ${name} would have ${bytes} bytes; the limit is ${limit}`
  return [{ code: 'too-large', message, file }]
}
