/** Keeps a part running: one that ends by itself, or is killed, is started again. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit } from '@roadstead/test/harness'
import { createBackOff } from './back-off.ts'
import type { Part, Running } from './part.ts'

export interface Supervised {
  readonly name: string
  /** Undefined while it is down. */
  readonly pid: number | undefined
  /** @throws {Error} when it does not come up; it is then left alone */
  start(): Promise<void>
  /** Ends it and lets it be. Also cuts a restart short. */
  stop(): Promise<void>
  /** `kill -9`. It stays down until `start`. */
  kill(): Promise<void>
}

/** @param say told in one line what became of the part */
export function supervise(part: Part, say: (line: string) => void): Supervised {
  const backOff = createBackOff()
  let running: Running | undefined
  let ending = new AbortController()
  let beginning: Promise<unknown> = Promise.resolve()
  let loop = Promise.resolve()

  const start = async () => {
    const first = part.start()
    beginning = first.catch(() => {})
    running = await first
    ending = new AbortController()
    loop = keepUp(running, ending.signal)
  }

  const keepUp = async (first: Running, signal: AbortSignal) => {
    let [current, sinceMs] = [first, performance.now()]
    for (;;) {
      const exit = await current.exited
      if (signal.aborted) return
      running = undefined
      const delayMs = backOff.next(performance.now() - sinceMs)
      say(`${part.name} ended (${describe(exit)}); starting it again`)
      const next = await restart(delayMs, signal)
      if (next === undefined) return
      running = next
      current = next
      sinceMs = performance.now()
      say(`${part.name}: running again`)
    }
  }

  const restart = async (delayMs: number, signal: AbortSignal): Promise<Running | undefined> => {
    for (let waitMs = delayMs; ; waitMs = backOff.next(0)) {
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return undefined
      const begun = await part.start().catch((error: Error) => {
        say(`${part.name} does not come up: ${error.message.split('\n')[0]}; trying again`)
      })
      if (begun === undefined) continue
      if (!signal.aborted) return begun
      await begun.stop() // told to stop while it was starting
      return undefined
    }
  }

  const end = async (how: (running: Running) => Promise<unknown>) => {
    await beginning
    ending.abort()
    const last = running
    running = undefined
    if (last !== undefined) await how(last)
    await loop // a restart that had begun ends what it started
  }

  return {
    name: part.name,
    get pid() {
      return running?.pid
    },
    start,
    stop: () => end((last) => last.stop()),
    kill: () => end((last) => last.kill()),
  }
}

function describe({ code, signal }: Exit): string {
  return signal ?? `exit code ${code}`
}
