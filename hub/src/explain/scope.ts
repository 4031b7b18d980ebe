import { type AppName, type ClusterName, type EnvironmentName, RoadsteadError } from '@roadstead/proto'
import { variantOn } from '../place/index.ts'
import { nearest } from '../source/definition/index.ts'
import type { App, Cluster, FleetDefinition, Overlay, Variant } from '../source/index.ts'

export interface Question {
  readonly app: string
  readonly environment: string
  /** Narrows the answer to one cluster: its variant, its variables. */
  readonly cluster?: string | undefined
  /** `Deployment/web` */
  readonly object: string
  /** `spec.replicas`; absent for every field of the object. */
  readonly field?: string | undefined
}

/** What a question is about, with all names known to mean something. */
export interface Scope {
  readonly app: App
  readonly overlay: Overlay
  readonly variant: Variant | undefined
  readonly cluster: Cluster | undefined
  /** Those that get the app in this environment; only the one that was asked for, if there is one. */
  readonly clusters: readonly Cluster[]
}

/** @throws RoadsteadError `not-found`, with the names that may have been meant */
export function resolveScope({ apps, clusters }: FleetDefinition, question: Question): Scope {
  const app =
    apps.get(question.app as AppName) ?? unknown(`there is no app ${question.app}`, question.app, apps)
  const overlay =
    app.overlays.get(question.environment as EnvironmentName) ??
    unknown(`${app.name} does not run in ${question.environment}`, question.environment, app.overlays)
  const here = [...clusters.values()].filter(({ environment }) => environment === overlay.environment)
  const variantOf = (cluster: Cluster) => variantOn(app, overlay.variants, cluster)
  if (question.cluster === undefined) {
    const placed = here.filter((cluster) => variantOf(cluster) === '')
    return { app, overlay, variant: undefined, cluster: undefined, clusters: placed }
  }
  const cluster = clusters.get(question.cluster as ClusterName)
  if (cluster?.environment !== overlay.environment) {
    const names = new Map(here.map(({ name }) => [name, name]))
    return unknown(`${overlay.environment} has no cluster ${question.cluster}`, question.cluster, names)
  }
  const name = variantOf(cluster)
  if (name === undefined) {
    const message = `${app.name} is not placed on ${cluster.name}: see the selector in ${app.file} and the labels in ${cluster.file}`
    throw new RoadsteadError('not-found', message)
  }
  const variant = overlay.variants.find((each) => each.name === name)
  return { app, overlay, variant, cluster, clusters: [cluster] }
}

const shownNames = 12

function unknown(message: string, wanted: string, known: ReadonlyMap<string, unknown>): never {
  const names = [...known.keys()]
  const near = nearest(wanted, names)
  const more = names.length > shownNames ? ', …' : ''
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : `there is: ${names.slice(0, shownNames).join(', ')}${more}`
  throw new RoadsteadError('not-found', `${message}; ${hint}`)
}
