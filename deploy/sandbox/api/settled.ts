import type { FleetHealth } from '@roadstead/hub/readmodel'

/** Whether every cluster runs the newest commit, healthy. */
export function isSettled({ commit, clusters, environments }: FleetHealth): boolean {
  return (
    commit.head !== null &&
    commit.inForce === commit.head &&
    clusters.total > 0 &&
    environments.every((one) => Math.min(one.current, one.clusters.healthy) === one.clusters.total)
  )
}
