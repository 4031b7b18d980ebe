import type { EnvironmentHealth, FleetHealth } from '../api/resources.ts'

/** Is every cluster healthy on the newest commit? Nothing short of all of it counts. */
export function isSettled(health: FleetHealth): boolean {
  return isHeadInForce(health) && health.environments.every(isEnvironmentSettled)
}

/** Waiting can not help: the head, or an app in it, is broken, and somebody has to push another commit. */
export const isHopeless = (health: FleetHealth): boolean =>
  isHeadInvalid(health) || (isHeadInForce(health) && health.environments.some(({ heldApps }) => heldApps > 0))

export const isHeadInvalid = ({ commit }: FleetHealth): boolean =>
  commit.headStatus === 'invalid' || commit.headStatus === 'rejected'

const isEnvironmentSettled = (environment: EnvironmentHealth): boolean =>
  settledClusters(environment) === environment.clusters.total && environment.heldApps === 0

/** At least so many clusters of an environment are both healthy and current; the two are counted apart. */
export const settledClusters = ({ clusters, current }: EnvironmentHealth): number =>
  Math.min(clusters.healthy, current)

const isHeadInForce = ({ commit }: FleetHealth): boolean =>
  commit.inForce !== null && commit.inForce === commit.head
