import type { ClusterDetail, ClusterSummary } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { facts } from './facts.ts'
import { placementColumns, placementRow } from './placement-text.ts'
import { stateCell } from './state.ts'
import { table } from './table.ts'
import { age } from './time.ts'
import { share, shortCommit } from './words.ts'

type Look = Pick<Context, 'colors' | 'width' | 'clock'>

export function clusterListText(clusters: readonly ClusterSummary[], look: Look): string {
  if (clusters.length === 0) return 'No clusters.\n'
  const rows = clusters.map((cluster) => ({
    cells: [
      cluster.name,
      cluster.environment,
      stateCell(cluster.health, look.colors),
      share(cluster.apps.healthy, cluster.apps),
      cluster.drift.open,
      generations(cluster),
      age(cluster.lastSeenAt, look.clock.now()),
    ],
  }))
  return table(
    [
      { title: 'CLUSTER', shrinks: true },
      { title: 'ENVIRONMENT', shrinks: true },
      { title: 'HEALTH' },
      { title: 'APPS', align: 'right' },
      { title: 'DRIFT', align: 'right' },
      { title: 'ACCEPTED', align: 'right' },
      { title: 'SEEN', align: 'right' },
    ],
    rows,
    look,
  )
}

export function clusterText(cluster: ClusterDetail, look: Look): string {
  const { colors, clock } = look
  const seen = age(cluster.lastSeenAt, clock.now())
  const head = facts(
    [
      ['cluster', { text: cluster.name, paint: colors.bold }],
      ['environment', cluster.environment],
      ['health', stateCell(cluster.health, colors)],
      ['last heard', seen === undefined ? 'never' : `${seen} ago`],
      ['labels', assignments(cluster.labels)],
      ['variables', assignments(cluster.variables)],
      ['commit', cluster.commit === null ? undefined : shortCommit(cluster.commit)],
      ['accepted', `${generations(cluster)} (generation, of the one assigned)`],
      [
        'refused',
        cluster.refusal === null ? undefined : { text: cluster.refusal.message, paint: colors.red },
      ],
      ['agent', cluster.agentVersion],
      ['kubernetes', cluster.kubernetesVersion],
    ],
    colors,
  )
  if (cluster.status.length === 0) return `${head}\nNo app has been reported from here.\n`
  const rows = cluster.status.map((placement) => placementRow(placement.app, placement, look))
  return `${head}\n${table([{ title: 'APP', shrinks: true }, ...placementColumns], rows, look)}`
}

const generations = ({ generation }: ClusterSummary): string =>
  `${generation.accepted ?? '-'}/${generation.assigned ?? '-'}`

const assignments = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
