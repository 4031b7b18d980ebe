import type { Counts, FleetHealth } from '../api/resources.ts'

export const inForce = 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334'
export const newer = 'ffee00112233445566778899aabbccddeeff0011'

const healthy = (total: number): Counts => ({ total, healthy: total })

/** The sample fleet with everything well. */
export const settledHealth: FleetHealth = {
  commit: { inForce, head: inForce, headStatus: 'in-force' },
  clusters: healthy(12),
  apps: healthy(6),
  environments: [
    { name: 'dev', clusters: healthy(2), apps: healthy(6), current: 2 },
    { name: 'staging', clusters: healthy(3), apps: healthy(6), current: 3 },
    { name: 'prod', clusters: healthy(7), apps: healthy(6), current: 7 },
  ],
  drift: { open: 0 },
  updatedAt: '2026-11-20T11:59:58.000Z',
}

/** The same fleet with one cluster silent and one app degraded in production. */
export const troubledHealth: FleetHealth = {
  ...settledHealth,
  clusters: { total: 12, healthy: 9, progressing: 1, degraded: 1, silent: 1 },
  apps: { total: 6, healthy: 4, degraded: 1, progressing: 1 },
  environments: [
    settledHealth.environments[0]!,
    { name: 'staging', clusters: { total: 3, healthy: 2, silent: 1 }, apps: healthy(6), current: 2 },
    {
      name: 'prod',
      clusters: { total: 7, healthy: 5, progressing: 1, degraded: 1 },
      apps: { total: 6, healthy: 5, degraded: 1 },
      current: 4,
    },
  ],
  drift: { open: 2 },
}
