import type { Colors } from 'picocolors/types.js'
import type { ClusterDetail, ClusterSummary } from '../api/resources.ts'
import type { Context } from '../context.ts'
import type { Cell } from './cell.ts'
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
      stateCell(cluster.status, look.colors),
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
      { title: 'STATUS' },
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
  const { generation } = cluster
  const seen = age(cluster.lastSeenAt, clock.now())
  const retired = age(cluster.retiredAt, clock.now())
  const head = facts(
    [
      ['cluster', { text: cluster.name, paint: colors.bold }],
      ['environment', cluster.environment],
      ['status', stateCell(cluster.status, colors)],
      ['last heard', seen === undefined ? 'never' : `${seen} ago`],
      ['labels', assignments(cluster.labels)],
      ['variables', assignments(cluster.variables)],
      ['commit', cluster.commit === null ? undefined : shortCommit(cluster.commit)],
      [
        'generation',
        `${generation.assigned ?? 'none'} assigned, ${generation.offered ?? 'none'} offered, ${generation.accepted ?? 'none'} accepted`,
      ],
      ['refused', refusalCell(cluster, colors)],
      ['unsent', cluster.counts?.unsent ? `${cluster.counts.unsent} reports` : undefined],
      ['retired', retired === undefined ? undefined : `${retired} ago: it left the fleet repository`],
      ['agent', cluster.agentVersion],
      ['kubernetes', cluster.kubernetesVersion],
    ],
    colors,
  )
  if (cluster.placements.length === 0) return `${head}\nNo app is placed here.\n`
  const rows = cluster.placements.map((placement) => placementRow(placement.app, placement, look))
  return `${head}\n${table([{ title: 'APP', shrinks: true }, ...placementColumns], rows, look)}`
}

function refusalCell({ refusal }: ClusterDetail, colors: Colors): Cell {
  if (refusal === null) return undefined
  const { generation, problem } = refusal
  return { text: `generation ${generation}: ${problem?.message ?? 'no reason given'}`, paint: colors.red }
}

const generations = ({ generation }: ClusterSummary): string =>
  `${generation.accepted ?? '-'}/${generation.assigned ?? '-'}`

const assignments = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
