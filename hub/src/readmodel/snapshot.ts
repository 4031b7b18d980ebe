import type { Database, DatabaseTransaction } from '../db/index.ts'

/**
 * Everything that `read` asks is as of one moment. An answer of several statements would otherwise put what
 * was before a commit beside what is after it: the new commit in force, and the old one's health.
 */
export const inSnapshot = <T>(
  database: Database,
  read: (snapshot: DatabaseTransaction) => Promise<T>,
): Promise<T> =>
  database.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read)
