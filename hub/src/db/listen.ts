import { sql } from 'kysely'
import pg from 'pg'
import { keepAliveMs, type Queryable } from './database.ts'

/**
 * Wake-up calls between replicas. They carry nothing: a listener looks into the tables for what is new,
 * and looks again after a reconnection, so that a lost call costs a delay and never an event.
 */
export type Channel = 'rs_outbox' | 'rs_events' | 'rs_source'

export async function notify(database: Queryable, channel: Channel): Promise<void> {
  await sql`select pg_notify(${channel}, '')`.execute(database)
}

export interface Listener {
  close(): Promise<void>
}

const reconnectDelayMs = 1_000
const connectTimeoutMs = 10_000

/** Calls `onCall` for each call on a channel, and once after every (re)connection. It must not throw. */
export function listen(
  url: string,
  channels: readonly Channel[],
  onCall: (channel: Channel) => void,
): Listener {
  let closed = false
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined

  const reconnect = () => {
    if (!closed && timer === undefined) {
      timer = setTimeout(() => {
        timer = undefined
        void connect()
      }, reconnectDelayMs)
    }
  }

  const connect = async () => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'roadstead-listener',
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveMs,
    })
    client = next
    next.on('error', () => {})
    next.on('end', reconnect)
    next.on('notification', ({ channel }) => onCall(channel as Channel))
    try {
      await next.connect()
      for (const channel of channels) await next.query(`listen ${channel}`)
      for (const channel of channels) onCall(channel)
    } catch {
      await next.end().catch(() => {})
      reconnect()
    }
  }

  void connect()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
