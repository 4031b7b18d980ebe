import type { Migration, MigrationProvider } from 'kysely/migration'
import * as initial from './0001-initial.ts'
import * as revokedKeys from './0002-revoked-keys.ts'

/** Migrations by name; names sort in the order they are applied, and a landed one is never edited. */
const migrations: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-revoked-keys': revokedKeys,
}

export const migrationProvider: MigrationProvider = { getMigrations: async () => migrations }
