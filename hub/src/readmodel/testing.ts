import { createHash } from 'node:crypto'
import type { AppName, ClusterName, CommitId, Digest, EnvironmentName } from '@roadstead/proto'
import { sql } from 'kysely'
import type { Database, DatabaseTransaction, SourceProblem } from '../db/index.ts'

/** A small fleet in the tables, as the down path would leave it. */
export interface Fleet {
  readonly clusters: Readonly<Record<string, FleetCluster>>
  readonly generation?: number
  /** Version of the releases: another one gives other digests. */
  readonly version?: string
  /** Per app, what keeps its newest commit from rendering. */
  readonly held?: Readonly<Record<string, readonly SourceProblem[]>>
}

export interface FleetCluster {
  readonly environment: string
  readonly apps: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
}

export const commitOf = (name: string): CommitId => createHash('sha1').update(name).digest('hex') as CommitId

export const releaseOf = (app: string, environment: string, version = 'v1'): Digest =>
  `sha256:${createHash('sha256').update(`${app}/${environment}/${version}`).digest('hex')}` as Digest

/** Writes a fleet, or moves the one that is there: apps whose release changes get the generation as `since`. */
export function seedFleet(database: Database, fleet: Fleet): Promise<void> {
  return database.transaction().execute(async (transaction) => {
    await seedCommit(transaction, fleet)
    await seedApps(transaction, fleet)
    await seedClusters(transaction, fleet)
  })
}

const at = new Date('2026-01-01T00:00:00Z')

async function seedCommit(transaction: DatabaseTransaction, { version = 'v1' }: Fleet): Promise<void> {
  const commit = commitOf(version)
  const author = { author_name: 'Ada', author_email: 'ada@example.org', message: `Release ${version}` }
  await transaction
    .insertInto('commits')
    .values({ id: commit, ...author, authored_at: at, status: 'in-force', traceparent: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await transaction
    .insertInto('fleet')
    .values({ name: 'test', head: commit, in_force: commit })
    .onConflict((conflict) => conflict.column('singleton').doUpdateSet({ head: commit, in_force: commit }))
    .execute()
}

async function seedApps(transaction: DatabaseTransaction, fleet: Fleet): Promise<void> {
  const { version = 'v1', held = {}, clusters } = fleet
  const environments = [...new Set(Object.values(clusters).map(({ environment }) => environment))]
  const apps = [...new Set(Object.values(clusters).flatMap((cluster) => cluster.apps))]
  for (const [position, name] of environments.entries()) {
    await sql`insert into environments (name, position, after) values (${name}, ${position}, '{}') on conflict do nothing`.execute(
      transaction,
    )
  }
  for (const app of apps) {
    await sql`insert into apps (name, description, spec) values (${app}, ${`The ${app}`}, '{}') on conflict do nothing`.execute(
      transaction,
    )
    for (const environment of environments) {
      const release = releaseOf(app, environment, version)
      const problems = JSON.stringify(held[app] ?? [])
      await sql`insert into releases (digest, bytes, objects, compressed) values (${release}, 1, 1, 'x') on conflict do nothing`.execute(
        transaction,
      )
      await sql`insert into app_environments (app, environment, release, commit, source_key, problems)
        values (${app}, ${environment}, ${release}, ${commitOf(version)}, ${version}, ${problems}::jsonb)
        on conflict (app, environment) do update
        set release = excluded.release, commit = excluded.commit, problems = excluded.problems`.execute(
        transaction,
      )
    }
  }
}

async function seedClusters(transaction: DatabaseTransaction, fleet: Fleet): Promise<void> {
  const { clusters, generation = 1, version = 'v1' } = fleet
  for (const [name, { environment, apps, labels = {} }] of Object.entries(clusters)) {
    const cluster = name as ClusterName
    await transaction
      .insertInto('clusters')
      .values({
        name: cluster,
        environment: environment as EnvironmentName,
        labels: JSON.stringify(labels),
        variables: '{}',
        allow_empty: false,
        retired_at: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    for (const app of apps) {
      const release = releaseOf(app, environment, version)
      await transaction
        .insertInto('placements')
        .values({ cluster, app: app as AppName, release, since: generation })
        .onConflict((conflict) =>
          conflict
            .columns(['cluster', 'app'])
            .doUpdateSet({ release, since: generation })
            .where('placements.release', '<>', release),
        )
        .execute()
    }
    const commit = commitOf(version)
    await sql`insert into assignments (
        cluster, generation, content_digest, commit, sealed, issued_at, published_at, traceparent)
      values (${cluster}, ${generation}, ${`content-${version}`}, ${commit}, 'x', ${at}, ${at}, null)
      on conflict (cluster) do update
      set generation = excluded.generation, commit = excluded.commit, content_digest = excluded.content_digest
    `.execute(transaction)
  }
}

/** Makes a cluster heard, by the hub's clock. */
export async function hear(database: Database, cluster: string, when = new Date()): Promise<void> {
  await database
    .insertInto('cluster_status')
    .values({ cluster: cluster as ClusterName, last_seen_at: when })
    .onConflict((conflict) => conflict.column('cluster').doUpdateSet({ last_seen_at: when, silent: false }))
    .execute()
}
