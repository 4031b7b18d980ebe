/** Everything that can tell the command to end. */
import { findProcess } from '@roadstead/test/harness'

const PARENT_POLL_MS = 1_000
/** One Ctrl-C may reach us twice: from the terminal, and passed on by npm. */
const SAME_KEY_PRESS_MS = 500

export interface Ending {
  /** Aborted by the first word to end; its reason is that word. */
  readonly signal: AbortSignal
  readonly reason: string | undefined
}

/**
 * Listens to signals, and to the end of `npm run`: killed outright, it can not pass anything on, and seeing
 * another parent is how we learn of it. A second Ctrl-C ends us at once; the watchdog then ends the parts.
 */
export async function listenForEnding(): Promise<Ending> {
  const controller = new AbortController()
  let reason: string | undefined
  let endedMs = Number.POSITIVE_INFINITY
  const end = (why: string) => {
    if (why === 'SIGINT' && performance.now() - endedMs > SAME_KEY_PRESS_MS) process.exit(130)
    if (controller.signal.aborted) return
    reason = why
    endedMs = performance.now()
    controller.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => end(name))
  // The terminal is gone, and with it whoever would read.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => end('closed output'))
  const parent = process.ppid
  const starter = await findProcess(parent)
  if (starter?.command.includes('bootstrap.mjs')) {
    setInterval(() => process.ppid !== parent && end('the command that started it is gone'), PARENT_POLL_MS)
  }
  return {
    signal: controller.signal,
    get reason() {
      return reason
    },
  }
}

/** Settles when we are told to end. Keeps the process alive, which the parts, being unreferenced, do not. */
export function ended({ signal }: Ending): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  const keepAlive = setInterval(() => {}, 60_000)
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => {
      clearInterval(keepAlive)
      resolve()
    }),
  )
}
