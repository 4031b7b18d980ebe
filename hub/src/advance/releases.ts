import { canonicalJson, type Digest, decodeRelease } from '@roadstead/proto'
import { sql } from 'kysely'
import type { Database, DatabaseTransaction, SourceProblem } from '../db/index.ts'
import type { PlaceableRelease } from '../place/index.ts'
import { identify, type Rendered } from '../render/index.ts'
import { type CommitDetails, type FleetProblem, sourceLimits } from '../source/index.ts'
import { type AdvanceEvent, appHeld, appReleased, releaseCreated } from './events.ts'
import { type AppState, type HeldReleases, stateKey } from './hold.ts'

/** The releases that held-back apps had before, as far as they are needed to place them again. */
export async function readHeldReleases(
  database: Database | DatabaseTransaction,
  states: readonly AppState[],
): Promise<HeldReleases> {
  const wanted = new Set(states.filter(({ problems }) => problems.length > 0).map(stateKey))
  if (wanted.size === 0) return new Map()
  const rows = await database.selectFrom('app_environments').selectAll().execute()
  const held = new Map<string, Map<string, PlaceableRelease>>()
  for (const row of rows) {
    if (!wanted.has(stateKey(row)) || row.release === null) continue
    const releases = new Map<string, PlaceableRelease>()
    for (const [variant, digest] of [['', row.release], ...Object.entries(row.variants)] as [
      string,
      Digest,
    ][]) {
      const release = await readRelease(database, digest)
      if (release) releases.set(variant, release)
    }
    held.set(stateKey(row), releases)
  }
  return held
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
