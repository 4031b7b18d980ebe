import type { AppName, EnvironmentName } from '@roadstead/proto'
import type { FleetReleases, KeptReleases, PlaceableRelease } from '../place/index.ts'
import type { AppRender, FleetRenders } from '../render/index.ts'
import type { FleetProblem } from '../source/index.ts'

/** What is known of an app in one environment after a commit was rendered. */
export interface AppState {
  readonly app: AppName
  readonly environment: EnvironmentName
  readonly render: AppRender
  /** Not empty: held back, at the releases it had before. */
  readonly problems: readonly FleetProblem[]
}

/** Is it a fault of one app in one environment, or of the fleet as a whole? */
export const isAppProblem = ({ app, environment }: FleetProblem): boolean =>
  app !== undefined && environment !== undefined

/** The state of every app in every environment; `found` adds faults that showed only on the clusters. */
export function appStates(renders: FleetRenders, found: readonly FleetProblem[] = []): AppState[] {
  const extra = Map.groupBy(found.filter(isAppProblem), ({ app, environment }) => `${app} ${environment}`)
  return [...renders].flatMap(([app, environments]) =>
    [...environments].map(([environment, render]) => ({
      app,
      environment,
      render,
      problems: [...render.problems, ...(extra.get(`${app} ${environment}`) ?? [])],
    })),
  )
}

/** What apps that are held back had before. */
export interface HeldReleases {
  /** By `app environment` and variant: for clusters that do not have the app yet. */
  readonly releases: ReadonlyMap<string, ReadonlyMap<string, PlaceableRelease>>
  /** What each cluster has. */
  readonly kept: KeptReleases
}

export const stateKey = ({ app, environment }: Pick<AppState, 'app' | 'environment'>): string =>
  `${app} ${environment}`

/**
 * What is to be placed: the new releases, and for apps that are held back those they had. An app that
 * never rendered has none, and is not placed.
 */
export function releasesToPlace(states: readonly AppState[], held: HeldReleases['releases']): FleetReleases {
  const releases = new Map<AppName, Map<EnvironmentName, ReadonlyMap<string, PlaceableRelease>>>()
  for (const state of states) {
    const own = state.problems.length === 0 ? state.render.releases : held.get(stateKey(state))
    if (!own) continue
    const environments = releases.get(state.app) ?? new Map()
    releases.set(state.app, environments.set(state.environment, own))
  }
  return releases
}
