import { createHub, readHubConfig } from '@roadstead/hub'
import { codeOf, messageOf } from '@roadstead/proto'

/** The hub as a program: environment in, JSON lines out; 0 when it was told to end, 1 when it could not start. */
const ending = new AbortController()
process.once('SIGTERM', () => ending.abort())
process.once('SIGINT', () => ending.abort())

/** What still hangs on a peer that does not answer is not waited for. */
const lastWordMs = 10_000

try {
  const hub = await createHub(readHubConfig(process.env), {}, ending.signal)
  await aborted(ending.signal)
  setTimeout(() => process.exit(1), lastWordMs).unref()
  await hub.close()
} catch (error) {
  // A wait for database or broker that was ended from outside is no failure.
  if (!(ending.signal.aborted && codeOf(error) === 'cancelled')) {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = 1
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}
