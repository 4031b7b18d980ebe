import { type AppName, canonicalJson, type EnvironmentName } from '@roadstead/proto'
import { sql } from 'kysely'
import type { DatabaseTransaction } from '../db/index.ts'
import type { CommitDetails, FleetDefinition } from '../source/index.ts'
import type { AdvanceEvent } from './events.ts'

/**
 * Brings the tables that mirror the fleet repository to what it says now. Only rows that differ are
 * written, so that a commit costs as much as it changed, and the same commit again costs nothing.
 */
export async function writeDefinition(
  transaction: DatabaseTransaction,
  definition: FleetDefinition,
  commit: CommitDetails,
): Promise<AdvanceEvent[]> {
  await writeEnvironments(transaction, definition)
  await writeApps(transaction, definition)
  return writeClusters(transaction, definition, commit)
}

const rowsPerStatement = 1_000

function batches<T>(rows: readonly T[]): T[][] {
  const count = Math.ceil(rows.length / rowsPerStatement)
  return Array.from({ length: count }, (_, index) =>
    rows.slice(index * rowsPerStatement, (index + 1) * rowsPerStatement),
  )
}

async function writeEnvironments(
  transaction: DatabaseTransaction,
  definition: FleetDefinition,
): Promise<void> {
  const names = definition.environments.map(({ name }) => name)
  await sql`delete from environments where name <> all(${names}::text[])`.execute(transaction)
  const rows = definition.environments.map(({ name, after }, position) => ({
    name,
    position,
    after: [...after],
  }))
  await transaction
    .insertInto('environments')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((excluded) => ({
        position: excluded.ref('excluded.position'),
        after: excluded.ref('excluded.after'),
      })),
    )
    .execute()
}

async function writeApps(transaction: DatabaseTransaction, definition: FleetDefinition): Promise<void> {
  const names: AppName[] = [...definition.apps.keys()]
  await sql`delete from apps where name <> all(${names}::text[])`.execute(transaction)
  const known = await transaction.selectFrom('apps').selectAll().execute()
  const before = new Map(known.map(({ name, spec }) => [name, canonicalJson(spec)]))
  const changed = [...definition.apps.values()].filter(
    ({ name, spec }) => before.get(name) !== canonicalJson(spec),
  )
  for (const batch of batches(changed)) {
    await transaction
      .insertInto('apps')
      .values(batch.map(({ name, description, spec }) => ({ name, description, spec: JSON.stringify(spec) })))
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((excluded) => ({
          description: excluded.ref('excluded.description'),
          spec: excluded.ref('excluded.spec'),
        })),
      )
      .execute()
  }
}

async function writeClusters(
  transaction: DatabaseTransaction,
  { clusters }: FleetDefinition,
  commit: CommitDetails,
): Promise<AdvanceEvent[]> {
  const known = await transaction.selectFrom('clusters').selectAll().execute()
  const before = new Map(known.map((row) => [row.name, row]))
  const textOf = (row: {
    environment: EnvironmentName
    labels: object
    variables: object
    allow_empty: boolean
  }) => canonicalJson([row.environment, row.labels, row.variables, row.allow_empty])
  const rows = [...clusters.values()].map(({ allowEmpty, ...cluster }) => ({
    ...cluster,
    allow_empty: allowEmpty,
  }))
  const changed = rows.filter((row) => {
    const old = before.get(row.name)
    return !old || old.retired_at !== null || textOf(old) !== textOf(row)
  })
  for (const batch of batches(changed)) {
    const values = batch.map(({ name, environment, labels, variables, allow_empty }) => ({
      name,
      environment,
      labels: JSON.stringify(labels),
      variables: JSON.stringify(variables),
      allow_empty,
      retired_at: null,
    }))
    await transaction
      .insertInto('clusters')
      .values(values)
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet((excluded) => ({
          environment: excluded.ref('excluded.environment'),
          labels: excluded.ref('excluded.labels'),
          variables: excluded.ref('excluded.variables'),
          allow_empty: excluded.ref('excluded.allow_empty'),
          retired_at: null,
        })),
      )
      .execute()
  }
  const retired = known.filter(({ name, retired_at }) => retired_at === null && !clusters.has(name))
  const gone = retired.map(({ name }) => name)
  await sql`update clusters set retired_at = now() where name = any(${gone}::text[])`.execute(transaction)
  const returned = changed.filter(({ name }) => before.get(name)?.retired_at !== null)
  return [
    ...returned.map(
      ({ name, environment }): AdvanceEvent => ({
        type: 'cluster.added',
        cluster: name,
        environment,
        commit: commit.id,
        message: `${name} joined the fleet in ${environment}`,
      }),
    ),
    ...retired.map(
      ({ name, environment }): AdvanceEvent => ({
        type: 'cluster.retired',
        cluster: name,
        environment,
        commit: commit.id,
        message: `${name} left the fleet; it keeps what it runs`,
      }),
    ),
  ]
}
