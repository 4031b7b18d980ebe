import { sql } from 'kysely'
import type { DatabaseTransaction } from '../db/index.ts'
import type { AcceptanceRow, AppRow, DriftRow, RefusalRow } from './rows.ts'

/** One statement per kind of row and batch, whatever the batch's size: the rows travel as one JSON text. */

const appColumns = {
  cluster: 'text',
  app: 'text',
  boot: 'bigint',
  seq: 'bigint',
  phase: 'text',
  release: 'text',
  accepted_generation: 'bigint',
  accepted_at: 'timestamptz',
  applied_generation: 'bigint',
  applied_at: 'timestamptz',
  healthy_generation: 'bigint',
  healthy_at: 'timestamptz',
  health: 'text',
  reason: 'text',
  objects: 'jsonb',
  drifted: 'integer',
  problems: 'jsonb',
  problem_count: 'integer',
  reported_at: 'timestamptz',
} as const satisfies Record<keyof AppRow, string>

const driftColumns = {
  cluster: 'text',
  app: 'text',
  api_group: 'text',
  kind: 'text',
  namespace: 'text',
  name: 'text',
  boot: 'bigint',
  seq: 'bigint',
  change: 'text',
  state: 'text',
  fields: 'jsonb',
  field_count: 'integer',
  manager: 'text',
  manager_at: 'timestamptz',
  fight: 'boolean',
  detected_at: 'timestamptz',
  ended_at: 'timestamptz',
} as const satisfies Record<keyof DriftRow, string>

/** `insert … on conflict … do update`, of rows in a JSON array, where the new row is newer. */
function newerWins(table: string, columns: Record<string, string>, key: readonly string[]): string {
  const names = Object.keys(columns)
  const types = names.map((name) => `${name} ${columns[name]}`).join(', ')
  const updates = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`)
  return `insert into ${table} (${names.join(', ')})
    select ${names.join(', ')} from jsonb_to_recordset($1::jsonb) as r (${types})
    on conflict (${key.join(', ')}) do update set ${updates.join(', ')}, received_at = now()
    where (${table}.boot, ${table}.seq) < (excluded.boot, excluded.seq)`
}

const appStatement = newerWins('app_status', appColumns, ['cluster', 'app'])
const driftStatement = newerWins('drift', driftColumns, [
  'cluster',
  'app',
  'api_group',
  'kind',
  'namespace',
  'name',
  'detected_at',
])

const acceptanceStatement = `update cluster_status s set
    accepted_generation = r.accepted_generation,
    accepted_at = case when s.accepted_generation = r.accepted_generation
      then least(s.accepted_at, r.accepted_at) else r.accepted_at end
  from jsonb_to_recordset($1::jsonb) as r (cluster text, accepted_generation bigint, accepted_at timestamptz)
  where s.cluster = r.cluster and coalesce(s.accepted_generation, 0) <= r.accepted_generation`

const refusalStatement = `update cluster_status s set
    boot = r.boot, seq = r.seq, refused_generation = r.refused_generation, refusal = r.refusal
  from jsonb_to_recordset($1::jsonb) as r (
    cluster text, boot bigint, seq bigint, refused_generation bigint, refusal jsonb)
  where s.cluster = r.cluster and (s.boot, s.seq) < (r.boot, r.seq)`

/** The last verified digest of a cluster's apps says nothing any more once one of them is written. */
const forgetDigests = `update cluster_status set state_digest = null
  where cluster = any($1::text[]) and state_digest is not null`

export const upsertAcceptances = (transaction: DatabaseTransaction, rows: readonly AcceptanceRow[]) =>
  write(transaction, acceptanceStatement, rows)

export const upsertRefusals = (transaction: DatabaseTransaction, rows: readonly RefusalRow[]) =>
  write(transaction, refusalStatement, rows)

export async function upsertApps(transaction: DatabaseTransaction, rows: readonly AppRow[]): Promise<void> {
  await write(transaction, appStatement, rows)
  if (rows.length > 0) await run(transaction, forgetDigests, [...new Set(rows.map(({ cluster }) => cluster))])
}

export const upsertDrifts = (transaction: DatabaseTransaction, rows: readonly DriftRow[]) =>
  write(transaction, driftStatement, rows)

async function write(
  transaction: DatabaseTransaction,
  statement: string,
  rows: readonly unknown[],
): Promise<void> {
  if (rows.length > 0) await run(transaction, statement, JSON.stringify(rows))
}

/** A statement written with `$1`, as a Kysely query: every part of it is ours, the value travels beside it. */
async function run(transaction: DatabaseTransaction, statement: string, value: unknown): Promise<void> {
  const [before = '', after = ''] = statement.split('$1')
  await sql`${sql.raw(before)}${value}${sql.raw(after)}`.execute(transaction)
}
