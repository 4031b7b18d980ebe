import type { AppName, AssignmentContent, ClusterName, Digest, EnvironmentName } from '@roadstead/proto'
import type { Rendered } from '../render/index.ts'
import type { App, Cluster, FleetDefinition, FleetProblem, Variant } from '../source/index.ts'
import { matches } from './selector.ts'

/** Releases by app, environment and variant; the overlay itself is the variant with the empty name. */
export type FleetReleases = ReadonlyMap<
  AppName,
  ReadonlyMap<EnvironmentName, ReadonlyMap<string, PlaceableRelease>>
>

/**
 * What clusters have of apps that are held back, by app, environment and cluster: there it stays, whichever
 * overlay would be the cluster's now.
 */
export type KeptReleases = ReadonlyMap<
  AppName,
  ReadonlyMap<EnvironmentName, ReadonlyMap<ClusterName, PlaceableRelease>>
>

export interface PlaceableRelease extends Pick<Rendered, 'objects' | 'references'> {
  readonly release: Pick<Rendered['release'], 'digest' | 'bytes'>
}

export type PlacedApp = AssignmentContent['apps'][number]

/** One app in one environment and variant: what every cluster that gets it gets. */
export interface Offer {
  readonly id: number
  readonly app: App
  readonly environment: EnvironmentName
  readonly objects: PlaceableRelease['objects']
  /** One reference for each name. */
  readonly references: PlaceableRelease['references']
  /** Absent while the app has not been rendered at all in this environment. */
  readonly placed?: PlacedApp
}

/** The apps of one environment, with all they may mean for a cluster there. */
export interface EnvironmentOffers {
  readonly apps: readonly AppOffers[]
}

interface AppOffers {
  readonly app: App
  readonly variants: readonly Variant[]
  /** By variant name. */
  readonly offers: ReadonlyMap<string, Offer>
  /** Where the app is held back: what stays on each cluster that has it. */
  readonly kept: ReadonlyMap<ClusterName, Offer>
}

export function offersByEnvironment(
  definition: FleetDefinition,
  releases: FleetReleases,
  keptReleases: KeptReleases,
): Map<EnvironmentName, EnvironmentOffers> {
  const offers = new Map<EnvironmentName, EnvironmentOffers>()
  let id = 0
  for (const { name: environment } of definition.environments) {
    const apps: AppOffers[] = []
    for (const app of definition.apps.values()) {
      const overlay = app.overlays.get(environment)
      if (!overlay) continue
      const found = releases.get(app.name)?.get(environment)
      const names = ['', ...overlay.variants.map(({ name }) => name)]
      const offer = (release: PlaceableRelease | undefined) => {
        id += 1
        return toOffer(id, app, environment, release)
      }
      apps.push({
        app,
        variants: overlay.variants,
        offers: new Map(names.map((name) => [name, offer(found?.get(name))])),
        kept: keptOffers(keptReleases.get(app.name)?.get(environment), offer),
      })
    }
    offers.set(environment, { apps })
  }
  return offers
}

/** Clusters that keep the same release share an offer. */
function keptOffers(
  releases: ReadonlyMap<ClusterName, PlaceableRelease> = new Map(),
  offer: (release: PlaceableRelease) => Offer,
): Map<ClusterName, Offer> {
  const shared = new Map<Digest, Offer>()
  return new Map(
    [...releases].map(([cluster, release]) => {
      const { digest } = release.release
      const own = shared.get(digest) ?? offer(release)
      shared.set(digest, own)
      return [cluster, own]
    }),
  )
}

function toOffer(
  id: number,
  app: App,
  environment: EnvironmentName,
  rendered: PlaceableRelease | undefined,
): Offer {
  if (!rendered) return { id, app, environment, objects: [], references: [] }
  const { release, objects, references } = rendered
  return {
    id,
    app,
    environment,
    objects,
    references: [...new Map(references.map((reference) => [reference.name, reference])).values()],
    placed: {
      app: app.name,
      release: release.digest,
      releaseBytes: release.bytes,
      dependsOn: [...app.dependsOn],
      policy: app.policy,
    },
  }
}

/** What one cluster gets, by app in alphabetical order. */
export function offersFor({ apps }: EnvironmentOffers, cluster: Cluster, problems: FleetProblem[]): Offer[] {
  const chosen: Offer[] = []
  for (const { app, variants, offers, kept } of apps) {
    const variant = variantOn(app, variants, cluster, problems)
    if (variant !== undefined) chosen.push(kept.get(cluster.name) ?? offers.get(variant)!)
  }
  return chosen
}

/**
 * Which variant of an app's overlay a cluster gets: a name, or nothing for the overlay itself. Undefined where
 * the app is not placed on the cluster. Selectors that both match are a problem.
 */
export function variantOn(
  app: App,
  variants: readonly Variant[],
  cluster: Cluster,
  problems: FleetProblem[] = [],
): string | undefined {
  if (!matches(app.clusters, cluster.labels)) return undefined
  return variants.length === 0 ? '' : variantFor(app, variants, cluster, problems)
}

/** The variant named after the cluster, else the one whose selector matches, else the overlay itself. */
function variantFor(
  app: App,
  variants: readonly Variant[],
  cluster: Cluster,
  problems: FleetProblem[],
): string {
  const named = variants.find((variant) => variant.clusters === undefined && variant.name === cluster.name)
  if (named) return named.name
  const [first, second] = variants.filter(({ clusters }) => clusters && matches(clusters, cluster.labels))
  if (first && second) {
    const message =
      `the overlays ${first.name} and ${second.name} of ${app.name} both select the cluster ${cluster.name}; ` +
      'make their selectors exclude each other'
    problems.push({ code: 'invalid-reference', message, file: `${second.directory}/selector.yaml` })
  }
  return first?.name ?? ''
}
