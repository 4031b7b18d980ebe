import pg from 'pg'

/** Any fixed number: it names the lock of the down path in this database. */
const lockKey = 0x726f6164

export interface Leadership {
  /** Aborted when the lock is lost: all work done under it must stop. */
  readonly signal: AbortSignal
  release(): Promise<void>
}

/**
 * Tries to become the one replica that runs the down path. The lock belongs to a connection of its own,
 * so that it is gone the moment this process or the connection is.
 *
 * @returns undefined while another replica leads
 */
export async function tryToLead(url: string): Promise<Leadership | undefined> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'roadstead-leader',
    keepAlive: true,
  })
  const lost = new AbortController()
  client.on('error', () => lost.abort())
  client.on('end', () => lost.abort())
  await client.connect()
  try {
    const { rows } = await client.query<{ leads: boolean }>('select pg_try_advisory_lock($1) as leads', [
      lockKey,
    ])
    if (rows[0]?.leads) return { signal: lost.signal, release: () => client.end() }
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  await client.end()
  return undefined
}
