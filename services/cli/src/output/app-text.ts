import type { AppDetail, AppSummary } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { facts } from './facts.ts'
import { placementColumns, placementRow } from './placement-text.ts'
import { sourceProblemText } from './problems.ts'
import { stateCell } from './state.ts'
import { table } from './table.ts'
import { share, shortCommit, unhealthyText } from './words.ts'

type Look = Pick<Context, 'colors' | 'width' | 'clock'>

export function appListText(apps: readonly AppSummary[], look: Look): string {
  if (apps.length === 0) return 'No apps.\n'
  const rows = apps.map((app) => ({
    cells: [
      app.name,
      stateCell(app.status, look.colors),
      share(app.clusters.healthy, app.clusters),
      app.drift.open,
      app.description,
    ],
  }))
  return table(
    [
      { title: 'APP', shrinks: true },
      { title: 'STATUS' },
      { title: 'CLUSTERS', align: 'right' },
      { title: 'DRIFT', align: 'right' },
      { title: 'DESCRIPTION', shrinks: true },
    ],
    rows,
    look,
  )
}

export function appText(app: AppDetail, look: Look): string {
  const head = facts(
    [
      ['app', { text: app.name, paint: look.colors.bold }],
      ['description', app.description],
      ['status', stateCell(app.status, look.colors)],
      ['depends on', app.dependsOn.join(', ')],
    ],
    look.colors,
  )
  const where = app.placements.items.length === 0 ? 'No cluster runs it.\n' : placementsText(app, look)
  return [head, environmentsText(app, look), where].join('\n')
}

function environmentsText({ environments }: AppDetail, look: Look): string {
  if (environments.length === 0) return 'Not rendered yet.\n'
  const rows = environments.flatMap(({ name, release, variants, commit, problems, clusters }) => [
    {
      cells: [
        name,
        shortDigest(release),
        commit === null ? undefined : shortCommit(commit),
        share(clusters.healthy, clusters),
        unhealthyText(clusters),
      ],
      below: problems.map((problem) => sourceProblemText(problem)),
    },
    ...Object.entries(variants).map(([variant, own]) => ({
      cells: [`${name}/${variant}`, shortDigest(own), undefined, undefined, 'for some of its clusters'],
    })),
  ])
  return table(
    [
      { title: 'ENVIRONMENT', shrinks: true },
      { title: 'RELEASE' },
      { title: 'COMMIT' },
      { title: 'HEALTHY', align: 'right' },
      { title: 'OTHERWISE', shrinks: true },
    ],
    rows,
    look,
  )
}

/** The digest without its algorithm, shortened as a commit is. */
const shortDigest = (digest: string | null): string | undefined =>
  digest === null ? undefined : shortCommit(digest.replace(/^sha256:/, ''))

function placementsText({ placements }: AppDetail, look: Look): string {
  const rows = placements.items.map((placement) => placementRow(placement.cluster, placement, look))
  return table([{ title: 'CLUSTER', shrinks: true }, ...placementColumns], rows, look)
}
