import type { AppName, ClusterName, CommitId, EnvironmentName } from '@roadstead/proto'
import type { DatabaseTransaction } from './database.ts'
import { notify } from './listen.ts'

/** Something worth telling people, as it is written to `events`. */
export interface NewEvent {
  /** `noun.what-happened`: `app.healthy`, `cluster.silent`. */
  readonly type: string
  readonly environment?: EnvironmentName | undefined
  readonly cluster?: ClusterName | undefined
  readonly app?: AppName | undefined
  readonly commit?: CommitId | undefined
  /** One sentence for people. */
  readonly message: string
  readonly data?: Readonly<Record<string, unknown>> | undefined
}

const eventsPerStatement = 1_000

/**
 * Writes events in the transaction of what they tell of, so that neither exists without the other, and
 * wakes those who follow them once it commits.
 */
export async function recordEvents(
  transaction: DatabaseTransaction,
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return
  for (let start = 0; start < events.length; start += eventsPerStatement) {
    await transaction
      .insertInto('events')
      .values(events.slice(start, start + eventsPerStatement).map(row))
      .execute()
  }
  await notify(transaction, 'rs_events')
}

const row = (event: NewEvent) => ({
  type: event.type,
  environment: event.environment ?? null,
  cluster: event.cluster ?? null,
  app: event.app ?? null,
  commit: event.commit ?? null,
  message: event.message,
  data: JSON.stringify(event.data ?? {}),
})
