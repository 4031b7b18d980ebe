import { once } from 'node:events'
import { createServer } from 'node:net'

const LOOPBACK = '127.0.0.1'
const FIRST_PORT = 20_000
const LAST_PORT = 32_000
const MAX_ATTEMPTS = 200
const MAX_STARTS = 5

const handedOut = new Set<number>()

/**
 * A TCP port of the loopback interface on which nobody listens, for servers that cannot be told to listen on 0
 * or that must come back on the same port after a restart.
 *
 * It lies below the range from which Linux and macOS take the ports of outgoing connections: a port that the
 * system hands out for "listen on 0" may be taken by any connection while the server that owns it restarts.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT))
    if (handedOut.has(port) || !(await isFreePort(port))) continue
    handedOut.add(port)
    return port
  }
  throw new Error(`no free port between ${FIRST_PORT} and ${LAST_PORT} in ${MAX_ATTEMPTS} attempts`)
}

/**
 * Starts a server on `wanted`, or else on a free port. Between finding a port free and using it somebody else
 * may have taken it: when `taken` matches the error, the next one is tried.
 */
export async function onFreePort<T>(
  start: (port: number) => Promise<T>,
  taken: RegExp,
  wanted?: number,
): Promise<{ port: number; server: T }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort())
    try {
      return { port, server: await start(port) }
    } catch (error) {
      const hopeless = wanted !== undefined || attempt === MAX_STARTS
      if (hopeless || !taken.test(String(error))) throw error
    }
  }
}

/** Whether nobody listens on that port of the loopback interface at this moment. */
export async function isFreePort(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen({ port, host: LOOPBACK, exclusive: true })
    await once(server, 'listening')
    return true
  } catch {
    return false // taken
  } finally {
    server.close()
  }
}
