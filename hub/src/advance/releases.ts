import {
  type ClusterName,
  canonicalJson,
  type Digest,
  decodeRelease,
  type EnvironmentName,
} from '@roadstead/proto'
import { sql } from 'kysely'
import type { Database, DatabaseTransaction, SourceProblem } from '../db/index.ts'
import type { KeptReleases, PlaceableRelease } from '../place/index.ts'
import { identify, type Rendered } from '../render/index.ts'
import { type CommitDetails, type FleetProblem, sourceLimits } from '../source/index.ts'
import { type AdvanceEvent, appHeld, appReleased, releaseCreated } from './events.ts'
import { type AppState, type HeldReleases, stateKey } from './hold.ts'

/**
 * What held-back apps had before. A commit that breaks an app may also have renamed the overlays of some of
 * its clusters, or moved a cluster: what a cluster has is read from its own row.
 */
export async function readHeldReleases(
  database: Database | DatabaseTransaction,
  states: readonly AppState[],
): Promise<HeldReleases> {
  const wanted = states.filter(({ problems }) => problems.length > 0)
  if (wanted.length === 0) return { releases: new Map(), kept: new Map() }
  const read = releaseReader(database)
  return {
    releases: await readByVariant(database, new Set(wanted.map(stateKey)), read),
    kept: await readByCluster(database, wanted, read),
  }
}

async function readByVariant(
  database: Database | DatabaseTransaction,
  wanted: ReadonlySet<string>,
  read: ReadRelease,
): Promise<HeldReleases['releases']> {
  const held = new Map<string, Map<string, PlaceableRelease>>()
  for (const row of await database.selectFrom('app_environments').selectAll().execute()) {
    if (!wanted.has(stateKey(row)) || row.release === null) continue
    const releases = new Map<string, PlaceableRelease>()
    for (const [variant, digest] of Object.entries({ '': row.release, ...row.variants })) {
      const release = await read(digest)
      if (release) releases.set(variant, release)
    }
    held.set(stateKey(row), releases)
  }
  return held
}

async function readByCluster(
  database: Database | DatabaseTransaction,
  wanted: readonly AppState[],
  read: ReadRelease,
): Promise<KeptReleases> {
  const apps = [...new Set(wanted.map(({ app }) => app))]
  const rows = await database
    .selectFrom('placements')
    .select(['cluster', 'app', 'release'])
    .where('app', 'in', apps)
    .execute()
  const placed = new Map(apps.map((app) => [app, new Map<ClusterName, PlaceableRelease>()]))
  for (const { cluster, app, release: digest } of rows) {
    const release = await read(digest)
    if (release) placed.get(app)?.set(cluster, release)
  }
  const kept = new Map(
    apps.map((app) => [app, new Map<EnvironmentName, Map<ClusterName, PlaceableRelease>>()]),
  )
  for (const { app, environment } of wanted) kept.get(app)?.set(environment, placed.get(app) ?? new Map())
  return kept
}

type ReadRelease = (digest: Digest) => Promise<PlaceableRelease | undefined>

/** Reads each release once, however many clusters have it. */
function releaseReader(database: Database | DatabaseTransaction): ReadRelease {
  const known = new Map<Digest, Promise<PlaceableRelease | undefined>>()
  return (digest) => {
    const release = known.get(digest) ?? readRelease(database, digest)
    known.set(digest, release)
    return release
  }
}

/** A release is looked into for the objects it owns; its variables were checked when it was new. */
async function readRelease(
  database: Database | DatabaseTransaction,
  digest: Digest,
): Promise<PlaceableRelease | undefined> {
  const row = await database
    .selectFrom('releases')
    .selectAll()
    .where('digest', '=', digest)
    .executeTakeFirst()
  if (!row) return undefined
  const { objects } = await decodeRelease(digest, row.compressed)
  return {
    release: { digest, bytes: row.bytes },
    references: [],
    objects: objects.map((object) => identify(object)),
  }
}

/** Stores releases that are not stored yet. */
export async function writeReleases(
  transaction: DatabaseTransaction,
  states: readonly AppState[],
): Promise<void> {
  const all = new Map<Digest, Rendered>()
  for (const { render } of states) {
    for (const rendered of render.releases.values()) all.set(rendered.release.digest, rendered)
  }
  const { rows } = await sql<{ digest: Digest }>`
    select digest from releases where digest = any(${[...all.keys()]}::text[])`.execute(transaction)
  for (const { digest } of rows) all.delete(digest)
  for (const { release, objects } of all.values()) {
    const { digest, bytes, compressed } = release
    await transaction
      .insertInto('releases')
      .values({ digest, bytes, objects: objects.length, compressed: Buffer.from(compressed) })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** Writes what became of each app in each environment; tells of new releases and of apps held back. */
export async function writeAppStates(
  transaction: DatabaseTransaction,
  states: readonly AppState[],
  commit: CommitDetails,
): Promise<AdvanceEvent[]> {
  const known = await transaction.selectFrom('app_environments').selectAll().execute()
  const before = new Map(known.map((row) => [stateKey(row), row]))
  const events: AdvanceEvent[] = []
  for (const state of states) {
    const old = before.get(stateKey(state))
    before.delete(stateKey(state))
    const row = rowOf(state, old, commit)
    if (old && canonicalJson(comparable(old)) === canonicalJson(comparable(row))) continue
    events.push(...eventsOf(state, old, commit))
    const values = { ...row, variants: JSON.stringify(row.variants), problems: JSON.stringify(row.problems) }
    await transaction
      .insertInto('app_environments')
      .values(values)
      .onConflict((conflict) => conflict.columns(['app', 'environment']).doUpdateSet(values))
      .execute()
  }
  for (const { app, environment } of before.values()) {
    await transaction
      .deleteFrom('app_environments')
      .where('app', '=', app)
      .where('environment', '=', environment)
      .execute()
  }
  return events
}

interface StoredState {
  readonly release: Digest | null
  readonly variants: Readonly<Record<string, Digest>>
  readonly commit: CommitDetails['id']
  readonly source_key: string
  readonly problems: readonly SourceProblem[]
}

const comparable = ({ release, variants, commit, source_key, problems }: StoredState) => [
  release,
  variants,
  commit,
  source_key,
  problems,
]

/** A held-back app keeps its releases and the commit they came with; so does one that renders to the same. */
function rowOf(
  { app, environment, render, problems }: AppState,
  old: StoredState | undefined,
  commit: CommitDetails,
) {
  const kept = problems.slice(0, sourceLimits.problems)
  if (problems.length > 0) {
    return {
      app,
      environment,
      release: old?.release ?? null,
      variants: old?.variants ?? {},
      commit: old?.commit ?? commit.id,
      source_key: old?.source_key ?? '',
      problems: kept,
    }
  }
  const { '': release = null, ...variants } = digestsOf(render.releases)
  const same = old && old.release === release && canonicalJson(old.variants) === canonicalJson(variants)
  return {
    app,
    environment,
    release,
    variants,
    commit: same ? old.commit : commit.id,
    source_key: render.sourceKey,
    problems: kept,
  }
}

const digestsOf = (releases: ReadonlyMap<string, Rendered>): Record<string, Digest> =>
  Object.fromEntries([...releases].map(([variant, { release }]) => [variant, release.digest]))

function eventsOf(state: AppState, old: StoredState | undefined, commit: CommitDetails): AdvanceEvent[] {
  const at = { app: state.app, environment: state.environment, commit }
  if (state.problems.length > 0) {
    const same = canonicalJson(old?.problems ?? []) === canonicalJson(state.problems)
    return same ? [] : [appHeld(at, state.problems as readonly FleetProblem[])]
  }
  const created = [...state.render.releases].flatMap(([variant, { release, objects }]) => {
    const digest = variant === '' ? old?.release : old?.variants[variant]
    return digest === release.digest ? [] : [releaseCreated(at, variant, release.digest, objects.length)]
  })
  return old && old.problems.length > 0 ? [appReleased(at), ...created] : created
}
