import { resolve } from 'node:path'
import { placeFleet } from '@roadstead/hub/place'
import { type AppRender, createRenderer, type Rendered } from '@roadstead/hub/render'
import {
  type FleetDefinition,
  type FleetProblem,
  type FleetTree,
  loadDefinition,
} from '@roadstead/hub/source'
import { type KubernetesObject, toYaml } from '@roadstead/overlay'
import {
  type AppName,
  type ClusterName,
  decodeRelease,
  type EnvironmentName,
  substitute,
} from '@roadstead/proto'
import type { RenderOptions } from '../commands/render.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes, Failure } from '../exit.ts'
import { print } from '../output/print.ts'
import { sourceProblemText } from '../output/problems.ts'
import { fromWorkingDirectory } from './place-problem.ts'
import { readWorkingTree } from './working-tree.ts'

/**
 * Prints the release the hub would make. With a cluster it is the one this cluster would get, its variant
 * included, with variables filled in as its agent does; without, `${…}` stays.
 */
export async function renderVerb(context: Context, options: RenderOptions): Promise<ExitCode> {
  const { root, fleet } = readWorkingTree(resolve(context.workingDirectory, options.repo))
  const outcome = await renderOne(fleet, options)
  if ('problems' in outcome) {
    for (const problem of outcome.problems) {
      const placed = fromWorkingDirectory(problem, root, context.workingDirectory)
      context.stderr.write(`${sourceProblemText(placed)}\n`)
    }
    return exitCodes.no
  }
  print(context, outcome.objects, () => toYaml(outcome.objects))
  return exitCodes.ok
}

type Outcome =
  | { readonly objects: readonly KubernetesObject[] }
  | { readonly problems: readonly FleetProblem[] }

async function renderOne(tree: FleetTree, options: RenderOptions): Promise<Outcome> {
  const { definition, problems } = await loadDefinition(tree)
  if (definition === undefined) return { problems }
  const narrow = narrowed(definition, options)
  const render = await renderOverlay(tree, narrow)
  if (render.problems.length > 0) return { problems: render.problems }
  return options.cluster === undefined
    ? { objects: await objectsOf(render.releases.get('')!) }
    : renderForCluster(narrow, render, options.cluster)
}

/** A fleet of one app, one overlay, and the one cluster if there is one. */
interface Narrow extends FleetDefinition {
  readonly app: AppName
  readonly environment: EnvironmentName
}

function narrowed(
  definition: FleetDefinition,
  { app: name, env, cluster: clusterName }: RenderOptions,
): Narrow {
  const app = definition.apps.get(name as AppName)
  if (app === undefined) throw unknown(`there is no app ${name}`, definition.apps.keys())
  const overlay = app.overlays.get(env as EnvironmentName)
  if (overlay === undefined) throw unknown(`${name} does not run in ${env}`, app.overlays.keys())
  const cluster = definition.clusters.get(clusterName as ClusterName)
  if (clusterName !== undefined && cluster?.environment !== overlay.environment) {
    const known = [...definition.clusters.values()].filter(({ environment }) => environment === env)
    throw unknown(
      `there is no cluster ${clusterName} in ${env}`,
      known.map((each) => each.name),
    )
  }
  return {
    ...definition,
    app: app.name,
    environment: overlay.environment,
    apps: new Map([[app.name, { ...app, overlays: new Map([[overlay.environment, overlay]]) }]]),
    clusters: new Map(cluster === undefined ? [] : [[cluster.name, cluster]]),
  }
}

const unknown = (message: string, known: Iterable<string>): Failure =>
  new Failure(exitCodes.usage, message, { code: 'not-found', advice: `There is: ${[...known].join(', ')}` })

async function renderOverlay(tree: FleetTree, narrow: Narrow): Promise<AppRender> {
  const renderer = createRenderer()
  try {
    const renders = await renderer.renderFleet(tree, narrow)
    return renders.get(narrow.app)!.get(narrow.environment)!
  } finally {
    await renderer.close()
  }
}

async function renderForCluster(narrow: Narrow, render: AppRender, name: string): Promise<Outcome> {
  const cluster = narrow.clusters.get(name as ClusterName)!
  const releases = new Map([[narrow.app, new Map([[narrow.environment, render.releases]])]])
  const { contents, problems } = placeFleet(narrow, releases)
  // Its dependencies are missing from the narrowed fleet, which is no fault of the repository.
  const undefinedVariables = problems.filter(({ code }) => code === 'undefined-variable')
  if (undefinedVariables.length > 0) return { problems: undefinedVariables }
  const placed = contents.get(cluster.name)?.apps[0]
  if (placed === undefined) {
    throw new Failure(exitCodes.no, `${narrow.app} is not placed on ${name}`, {
      advice: `Its selector is in ${narrow.apps.get(narrow.app)!.file}, the labels are in ${cluster.file}.`,
    })
  }
  const chosen = [...render.releases.values()].find(({ release }) => release.digest === placed.release)!
  const { environment, labels, variables } = cluster
  const scope = { cluster: { name, environment, labels }, vars: variables }
  const objects = await objectsOf(chosen)
  return {
    objects: objects.map((object) => substitute(object as never, scope) as unknown as KubernetesObject),
  }
}

async function objectsOf({ release }: Rendered): Promise<readonly KubernetesObject[]> {
  const { objects } = await decodeRelease(release.digest, release.compressed)
  return objects as unknown as readonly KubernetesObject[]
}
