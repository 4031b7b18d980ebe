import type { EnvironmentHealth, FleetHealth } from '../api/resources.ts'

/** Is every cluster healthy on the newest commit? Nothing short of all of it counts. */
export function isSettled(health: FleetHealth): boolean {
  return isHeadInForce(health) && health.environments.every(isEnvironmentSettled)
}

/** The head can never become healthy: somebody has to push a commit that validates. */
export const isHeadInvalid = (health: FleetHealth): boolean =>
  health.commit.headStatus === 'invalid' || health.commit.headStatus === 'rejected'

const isEnvironmentSettled = (environment: EnvironmentHealth): boolean =>
  settledClusters(environment) === environment.clusters.total

/** At least so many clusters of an environment are both healthy and current; the two are counted apart. */
export const settledClusters = ({ clusters, current }: EnvironmentHealth): number =>
  Math.min(clusters.healthy ?? 0, current)

const isHeadInForce = ({ commit }: FleetHealth): boolean =>
  commit.inForce !== null && commit.inForce === commit.head
