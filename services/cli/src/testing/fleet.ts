import type { AppCounts, ClusterCounts } from '@roadstead/hub/readmodel'
import type { EnvironmentHealth, FleetHealth } from '../api/resources.ts'

export const inForce = 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334'
export const newer = 'ffee00112233445566778899aabbccddeeff0011'

const none = { healthy: 0, progressing: 0, pending: 0, degraded: 0, failed: 0, silent: 0 }

export const clusterCounts = (counts: Partial<ClusterCounts> & { total: number }): ClusterCounts => ({
  ...none,
  ...counts,
})
export const appCounts = (counts: Partial<AppCounts> & { total: number }): AppCounts => ({
  ...none,
  removing: 0,
  ...counts,
})

const environment = (name: string, clusters: number, apps: number): EnvironmentHealth => ({
  name,
  clusters: clusterCounts({ total: clusters, healthy: clusters }),
  apps: appCounts({ total: apps, healthy: apps }),
  current: clusters,
  heldApps: 0,
  drift: { open: 0 },
})

/** The sample fleet with everything well. */
export const settledHealth: FleetHealth = {
  commit: { inForce, head: inForce, headStatus: 'in-force' },
  clusters: clusterCounts({ total: 12, healthy: 12 }),
  apps: appCounts({ total: 64, healthy: 64 }),
  environments: [environment('dev', 2, 11), environment('staging', 3, 16), environment('prod', 7, 37)],
  drift: { open: 0 },
  updatedAt: '2026-11-20T11:59:58.000Z',
}

/** The same fleet with one cluster silent and one app degraded in production. */
export const troubledHealth: FleetHealth = {
  ...settledHealth,
  clusters: clusterCounts({ total: 12, healthy: 9, progressing: 1, degraded: 1, silent: 1 }),
  apps: appCounts({ total: 64, healthy: 57, progressing: 1, degraded: 1, silent: 5 }),
  environments: [
    settledHealth.environments[0]!,
    {
      ...environment('staging', 3, 16),
      clusters: clusterCounts({ total: 3, healthy: 2, silent: 1 }),
      current: 2,
    },
    {
      ...environment('prod', 7, 37),
      clusters: clusterCounts({ total: 7, healthy: 5, progressing: 1, degraded: 1 }),
      current: 4,
      drift: { open: 2 },
    },
  ],
  drift: { open: 2 },
}
