import type { AppName, ClusterName } from '@roadstead/proto'
import { compareText, type FleetProblem, inReadingOrder } from '../problem.ts'
import type { FleetTree } from '../tree.ts'
import type { App, Cluster, FleetDefinition } from './definition.ts'
import { type Breathe, type DefinitionFile, definitionReader, type ParseCache } from './files.ts'
import { type AppLayout, fleetFile, type Layout, readLayout } from './layout.ts'
import { readOverlays } from './overlays.ts'
import { mergePolicy } from './policy.ts'
import { orderedEnvironments, referenceProblems } from './references.ts'
import {
  type AppFile,
  AppSchema,
  type ClusterFile,
  ClusterSchema,
  type FleetFile,
  FleetSchema,
} from './schemas.ts'

export interface Loaded {
  /** Absent when there is any problem: the commit as a whole can not be used. */
  readonly definition?: FleetDefinition
  readonly problems: readonly FleetProblem[]
}

export interface LoadOptions {
  readonly cache?: ParseCache
  readonly breathe?: Breathe
}

/**
 * Reads and checks everything in a fleet repository but what its apps are built from. All problems are
 * found in one go, as far as one does not hide another.
 */
export async function loadDefinition(tree: FleetTree, options: LoadOptions = {}): Promise<Loaded> {
  const layout = readLayout(tree)
  const breathe = options.breathe ?? (async () => {})
  const reader = definitionReader(tree, options.cache ?? new Map(), breathe)
  const fleet = (await reader.read(FleetSchema, 'Fleet', [fleetFile])).get(fleetFile)
  const clusterFiles = await reader.read(ClusterSchema, 'Cluster', [...layout.clusters.values()])
  const appFiles = await reader.read(AppSchema, 'App', appPaths(layout))
  const problems = [...layout.problems]
  if (fleet) {
    const environments = orderedEnvironments(fleet, problems)
    const clusters = readClusters(layout, clusterFiles)
    const apps = new Map<AppName, App>()
    for (const [name, appLayout] of inOrder(layout.apps)) {
      const file = appFiles.get(`${appLayout.directory}/app.yaml`)
      if (!file) continue
      await breathe()
      const names = environments.map((environment) => environment.name)
      const overlays = await readOverlays({
        tree,
        reader,
        environments: names,
        app: file,
        layout: appLayout,
        clusters,
      })
      apps.set(name as AppName, toApp(file, appLayout, fleet.value, overlays))
    }
    problems.push(...referenceProblems({ fleet, clusters: clusterFiles, apps: appFiles, layout }))
    if (problems.length + reader.problems.length === 0) {
      const { metadata, spec } = fleet.value
      const deletionApprovals = spec.deletionApprovals ?? []
      return {
        definition: { name: metadata.name, environments, clusters, apps, deletionApprovals },
        problems: [],
      }
    }
  }
  return { problems: inReadingOrder([...problems, ...reader.problems]) }
}

const appPaths = (layout: Layout) => [...layout.apps.values()].map(({ directory }) => `${directory}/app.yaml`)

const inOrder = <Value>(map: ReadonlyMap<string, Value>): [string, Value][] =>
  [...map].sort(([a], [b]) => compareText(a, b))

function readClusters(
  layout: Layout,
  files: ReadonlyMap<string, DefinitionFile<ClusterFile>>,
): Map<ClusterName, Cluster> {
  const clusters = new Map<ClusterName, Cluster>()
  for (const [name, path] of inOrder(layout.clusters)) {
    const file = files.get(path)
    if (!file) continue
    const { metadata, spec } = file.value
    clusters.set(name as ClusterName, {
      name: name as ClusterName,
      file: path,
      environment: spec.environment,
      labels: metadata.labels ?? {},
      variables: spec.variables ?? {},
      allowEmpty: spec.allowEmpty ?? false,
    })
  }
  return clusters
}

function toApp(
  { path, value, problem }: DefinitionFile<AppFile>,
  { directory }: AppLayout,
  fleet: FleetFile,
  overlays: App['overlays'],
): App {
  const { metadata, spec } = value
  return {
    name: metadata.name,
    directory,
    file: path,
    description: spec.description ?? '',
    spec,
    clusters: spec.placement?.clusters ?? {},
    dependsOn: [...new Set(spec.dependsOn ?? [])].sort(compareText),
    policy: mergePolicy(spec, fleet.spec.defaults),
    overlays,
    problem,
  }
}
