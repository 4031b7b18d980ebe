import type { Colors } from 'picocolors/types.js'
import type { EnvironmentHealth, FleetHealth } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { bar } from '../output/bar.ts'
import type { Cell } from '../output/cell.ts'
import { table } from '../output/table.ts'
import { age } from '../output/time.ts'
import { countsText, environmentTroubleText, share, shortCommit } from '../output/words.ts'
import { isHeadInvalid, settledClusters } from './settled.ts'

type Look = Pick<Context, 'colors' | 'width' | 'clock'>

/** The fleet on one screen. */
export function statusText(health: FleetHealth, look: Look): string {
  const environments = table(
    [
      { title: 'ENVIRONMENT', shrinks: true },
      { title: '' },
      { title: 'HEALTHY', align: 'right' },
      { title: 'CURRENT', align: 'right' },
      { title: 'OTHERWISE', shrinks: true },
    ],
    health.environments.map((environment) => ({
      cells: [
        environment.name,
        barCell(environment, look.colors),
        share(environment.clusters.healthy, environment.clusters),
        share(environment.current, environment.clusters),
        environmentTroubleText(environment),
      ],
    })),
    look,
  )
  return `${commitLine(health, look)}\n\n${environments}\n${totals(health)}\n`
}

function barCell(environment: EnvironmentHealth, colors: Colors): Cell {
  const { total } = environment.clusters
  const done = settledClusters(environment)
  return { text: bar(done, total), paint: done === total ? colors.green : colors.yellow }
}

function commitLine(health: FleetHealth, { colors, clock }: Look): string {
  const { inForce, head } = health.commit
  const updated = colors.dim(`as of ${age(health.updatedAt, clock.now()) ?? 'an unknown time'} ago`)
  if (head === null) return `No commit yet: push a fleet repository.  ${updated}`
  const force =
    inForce === null ? 'No commit in force' : `Commit ${colors.bold(shortCommit(inForce))} in force`
  if (inForce === head) return `${force}  ${updated}`
  const state = isHeadInvalid(health)
    ? colors.red(`head ${shortCommit(head)} does not validate`)
    : colors.yellow(`head ${shortCommit(head)} is being rendered`)
  return `${force}, ${state}  ${updated}\nSee: roadstead commits ${shortCommit(head)}`
}

/** A placement is one app on one cluster. */
function totals({ clusters, apps, drift }: FleetHealth): string {
  const drifted = drift.open === 0 ? 'no drift' : `${drift.open} drifted objects (roadstead drift)`
  return `Clusters    ${countsText(clusters)}\nPlacements  ${countsText(apps)}\nDrift       ${drifted}`
}
