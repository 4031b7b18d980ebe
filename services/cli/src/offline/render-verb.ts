import { placeFleet } from '@roadstead/hub/place'
import type { AppRender } from '@roadstead/hub/render'
import type { Cluster, FleetProblem } from '@roadstead/hub/source'
import { type KubernetesObject, toYaml } from '@roadstead/overlay'
import { type ClusterName, substitute } from '@roadstead/proto'
import type { RenderOptions } from '../commands/render.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes, Failure } from '../exit.ts'
import { print } from '../output/print.ts'
import { type OpenFleet, openFleet, sayProblems, unknownName } from './open-fleet.ts'
import { type FoundOverlay, findOverlay, objectsOf, onlyThese, renderOverlays } from './render-app.ts'

/**
 * Prints the release the hub would make. With a cluster it is the one this cluster would get, its variant
 * included, with variables filled in as its agent does; without, `${…}` stays.
 */
export async function renderVerb(context: Context, options: RenderOptions): Promise<ExitCode> {
  const fleet = await openFleet(context, options.repo)
  if (fleet === undefined) return exitCodes.no
  const found = findOverlay(fleet.definition, options.app, options.env)
  const cluster = options.cluster === undefined ? undefined : findCluster(fleet, found, options.cluster)
  const [render] = await renderOverlays(fleet, found.app, [found.overlay])
  const outcome = await finish(fleet, found, render!, cluster)
  if ('problems' in outcome) {
    sayProblems(context, fleet.root, outcome.problems)
    return exitCodes.no
  }
  print(context, outcome.objects, () => toYaml(outcome.objects))
  return exitCodes.ok
}

type Outcome =
  | { readonly objects: readonly KubernetesObject[] }
  | { readonly problems: readonly FleetProblem[] }

async function finish(
  fleet: OpenFleet,
  found: FoundOverlay,
  render: AppRender,
  cluster: Cluster | undefined,
): Promise<Outcome> {
  if (render.problems.length > 0) return { problems: render.problems }
  return cluster === undefined
    ? { objects: await objectsOf(render.releases.get('')!) }
    : renderForCluster(fleet, found, render, cluster)
}

function findCluster({ definition }: OpenFleet, { overlay }: FoundOverlay, name: string): Cluster {
  const cluster = definition.clusters.get(name as ClusterName)
  if (cluster?.environment === overlay.environment) return cluster
  const known = [...definition.clusters.values()].filter(
    ({ environment }) => environment === overlay.environment,
  )
  throw unknownName(
    `there is no cluster ${name} in ${overlay.environment}`,
    name,
    known.map((each) => each.name),
  )
}

async function renderForCluster(
  { definition }: OpenFleet,
  { app, overlay }: FoundOverlay,
  render: AppRender,
  cluster: Cluster,
): Promise<Outcome> {
  const narrow = { ...onlyThese(definition, app, [overlay]), clusters: new Map([[cluster.name, cluster]]) }
  const releases = new Map([[app.name, new Map([[overlay.environment, render.releases]])]])
  const { contents, problems } = placeFleet(narrow, releases)
  // Its dependencies are missing from the narrowed fleet, which is no fault of the repository.
  const undefinedVariables = problems.filter(({ code }) => code === 'undefined-variable')
  if (undefinedVariables.length > 0) return { problems: undefinedVariables }
  const placed = contents.get(cluster.name)?.apps[0]
  if (placed === undefined) {
    throw new Failure(exitCodes.no, `${app.name} is not placed on ${cluster.name}`, {
      advice: `Its selector is in ${app.file}, the labels are in ${cluster.file}.`,
    })
  }
  const chosen = [...render.releases.values()].find(({ release }) => release.digest === placed.release)!
  const { name, environment, labels, variables } = cluster
  const scope = { cluster: { name, environment, labels }, vars: variables }
  const objects = await objectsOf(chosen)
  return {
    objects: objects.map((object) => substitute(object as never, scope) as unknown as KubernetesObject),
  }
}
