import type { Clock } from '@roadstead/proto'
import type { Database } from '../db/index.ts'
import { attributes, type Telemetry } from '../telemetry/index.ts'
import { readFleetHealth } from './fleet-health.ts'
import { appStatuses, clusterStatuses } from './types.ts'

/**
 * Measures the fleet whenever somebody reads the metrics. Every replica tells the same, for it comes from the
 * database; while that does not answer, these are missing and the others are not.
 */
export function measureFleet({ meter }: Pick<Telemetry, 'meter'>, database: Database, clock: Clock): void {
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description })
  const clusters = gauge('roadstead.clusters', 'Clusters of the fleet, by environment and status')
  const current = gauge('roadstead.clusters.current', 'Clusters that have applied all they should run')
  const placements = gauge('roadstead.placements', 'Apps on clusters, by environment and status')
  const held = gauge('roadstead.apps.held', 'Apps whose newest commit does not render, by environment')
  const drift = gauge('roadstead.drift.open', 'Objects that differ from Git, by environment')
  meter.addBatchObservableCallback(
    async (result) => {
      const { environments } = await readFleetHealth(database, clock)
      for (const environment of environments) {
        const where = { [attributes.environment]: environment.name }
        for (const status of clusterStatuses) {
          result.observe(clusters, environment.clusters[status], { ...where, [attributes.status]: status })
        }
        for (const status of appStatuses) {
          result.observe(placements, environment.apps[status], { ...where, [attributes.status]: status })
        }
        result.observe(current, environment.current, where)
        result.observe(held, environment.heldApps, where)
        result.observe(drift, environment.drift.open, where)
      }
    },
    [clusters, current, placements, held, drift],
  )
}
