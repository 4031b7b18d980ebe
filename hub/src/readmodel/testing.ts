import { createHash } from 'node:crypto'
import type { AppName, ClusterName, CommitId, Digest, EnvironmentName } from '@roadstead/proto'
import type { Database, SourceProblem } from '../db/index.ts'

/** A small fleet in the tables, as the down path would leave it. */
export interface Fleet {
  /** Cluster → the apps it should run. */
  readonly clusters: Readonly<
    Record<string, { environment: string; apps: readonly string[]; labels?: Record<string, string> }>
  >
  readonly generation?: number
  /** Version of the releases: another one gives other digests. */
  readonly version?: string
  /** Per app, what keeps its newest commit from rendering. */
  readonly held?: Readonly<Record<string, readonly SourceProblem[]>>
}

export const commitOf = (name: string): CommitId => createHash('sha1').update(name).digest('hex') as CommitId

export const releaseOf = (app: string, environment: string, version = 'v1'): Digest =>
  `sha256:${createHash('sha256').update(`${app}/${environment}/${version}`).digest('hex')}` as Digest

/** Writes a fleet, or moves the one that is there to it: apps whose release changes get the generation as `since`. */
export async function seedFleet(database: Database, fleet: Fleet): Promise<void> {
  const { clusters, generation = 1, version = 'v1', held = {} } = fleet
  const commit = commitOf(version)
  const names = Object.entries(clusters)
  const environments = [...new Set(names.map(([, { environment }]) => environment))]
  const apps = [...new Set(names.flatMap(([, each]) => each.apps))]
  const at = new Date('2026-01-01T00:00:00Z')
  await database.transaction().execute(async (tx) => {
    await tx
      .insertInto('commits')
      .values({
        id: commit,
        author_name: 'Ada',
        author_email: 'ada@example.org',
        message: `Release ${version}`,
        authored_at: at,
        status: 'in-force',
        traceparent: null,
      })
      .onConflict((oc) => oc.doNothing())
      .execute()
    await tx
      .insertInto('fleet')
      .values({ name: 'test', head: commit, in_force: commit })
      .onConflict((oc) => oc.column('singleton').doUpdateSet({ head: commit, in_force: commit }))
      .execute()
    for (const [position, name] of environments.entries()) {
      await tx
        .insertInto('environments')
        .values({ name: name as EnvironmentName, position, after: [] })
        .onConflict((oc) => oc.doNothing())
        .execute()
    }
    for (const app of apps) {
      await tx
        .insertInto('apps')
        .values({ name: app as AppName, description: `The ${app}`, spec: '{}' })
        .onConflict((oc) => oc.doNothing())
        .execute()
      for (const environment of environments) {
        const release = releaseOf(app, environment, version)
        await tx
          .insertInto('releases')
          .values({ digest: release, bytes: 1, objects: 1, compressed: Buffer.from('x') })
          .onConflict((oc) => oc.doNothing())
          .execute()
        await tx
          .insertInto('app_environments')
          .values({
            app: app as AppName,
            environment: environment as EnvironmentName,
            release,
            commit,
            source_key: version,
            problems: JSON.stringify(held[app] ?? []),
          })
          .onConflict((oc) => oc.columns(['app', 'environment']).doUpdateSet({ release, commit }))
          .execute()
      }
    }
    for (const [name, { environment, apps: wanted, labels = {} }] of names) {
      const cluster = name as ClusterName
      await tx
        .insertInto('clusters')
        .values({
          name: cluster,
          environment: environment as EnvironmentName,
          labels: JSON.stringify(labels),
          variables: '{}',
          allow_empty: false,
          retired_at: null,
        })
        .onConflict((oc) => oc.doNothing())
        .execute()
      for (const app of wanted) {
        const release = releaseOf(app, environment, version)
        await tx
          .insertInto('placements')
          .values({ cluster, app: app as AppName, release, since: generation })
          .onConflict((oc) =>
            oc
              .columns(['cluster', 'app'])
              .doUpdateSet({ release, since: generation })
              .where('placements.release', '<>', release),
          )
          .execute()
      }
      const assignment = {
        generation,
        content_digest: release(version),
        commit,
        sealed: Buffer.from('x'),
        issued_at: at,
        published_at: at,
        traceparent: null,
      }
      await tx
        .insertInto('assignments')
        .values({ cluster, ...assignment })
        .onConflict((oc) => oc.column('cluster').doUpdateSet(assignment))
        .execute()
    }
  })
}

const release = (version: string): Digest => releaseOf('assignment', '', version)

/** Makes a cluster heard, by the hub's clock. */
export async function hear(database: Database, cluster: string, at = new Date()): Promise<void> {
  await database
    .insertInto('cluster_status')
    .values({ cluster: cluster as ClusterName, last_seen_at: at })
    .onConflict((oc) => oc.column('cluster').doUpdateSet({ last_seen_at: at, silent: false }))
    .execute()
}
