import pg from 'pg'

/** Any fixed number: it names the lock of the down path in this database. */
const lockKey = 0x726f6164

export interface Leadership {
  /** Aborted when the lock is lost: all work done under it must stop. */
  readonly signal: AbortSignal
  release(): Promise<void>
}

export interface LeaseTimes {
  /** How often the connection is tried, and how long an answer may take: */
  readonly tryMs: number
  readonly answerMs: number
  /** together less than this, after which the server ends a session that says nothing. */
  readonly silenceMs: number
}

const leaseTimes: LeaseTimes = { tryMs: 5_000, answerMs: 5_000, silenceMs: 20_000 }

/**
 * Tries to become the one replica that runs the down path. The lock belongs to a connection of its own,
 * so that it is gone the moment this process or the connection is. Where the network swallows what both
 * sides say, neither would notice for hours: so the leader asks now and then, gives up when there is no
 * answer, and the server ends the session of a leader that it has not heard.
 *
 * @returns undefined while another replica leads
 */
export async function tryToLead(
  url: string,
  { tryMs, answerMs, silenceMs }: LeaseTimes = leaseTimes,
): Promise<Leadership | undefined> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'roadstead-leader',
    connectionTimeoutMillis: answerMs,
    query_timeout: answerMs,
  })
  const lost = new AbortController()
  client.on('error', () => lost.abort())
  client.on('end', () => lost.abort())
  try {
    await client.connect()
    await client.query(`set idle_session_timeout = ${silenceMs}`)
    const { rows } = await client.query<{ leads: boolean }>('select pg_try_advisory_lock($1) as leads', [
      lockKey,
    ])
    if (rows[0]?.leads) return leadership(client, lost, tryMs)
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  await client.end()
  return undefined
}

function leadership(client: pg.Client, lost: AbortController, tryMs: number): Leadership {
  const timer = setInterval(() => {
    client.query('select 1').catch(() => lost.abort())
  }, tryMs)
  lost.signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  return {
    signal: lost.signal,
    release() {
      clearInterval(timer)
      return client.end()
    },
  }
}
