import type { Clock } from '@roadstead/proto'
import { untilAborted } from '../ending.ts'
import { afterCorrection, type FightRecord, noFight, planCorrection } from './drift/index.ts'

export interface CorrectionEdges {
  readonly clock: Clock
  readonly random: () => number
  readonly correct: (key: string, signal: AbortSignal) => Promise<void>
  /** Correction of this object has slowed down because somebody keeps undoing it. */
  readonly onFight: (key: string) => void
  readonly onTrouble: (error: unknown) => void
}

/** Puts drifted objects right: at once, unless it was tried too often. */
export interface Corrections {
  run(signal: AbortSignal): Promise<void>
  /** Asks for a correction; asking again changes nothing. */
  schedule(key: string): void
  /** The drift is over, or the object is not ours any more. */
  cancel(key: string): void
  /** An object was applied. @returns whether that was a correction under way here */
  finished(key: string, nowMs: number): boolean
}

const failedFirstMs = 1_000
const failedMaxMs = 60_000

export function createCorrections(edges: CorrectionEdges): Corrections {
  const timers = new Map<string, NodeJS.Timeout>()
  const underWay = new Set<string>()
  const fights = new Map<string, FightRecord>()
  const failures = new Map<string, number>()
  let running: AbortSignal | undefined

  const attempt = async (key: string, signal: AbortSignal): Promise<void> => {
    timers.delete(key)
    underWay.add(key)
    try {
      await edges.correct(key, signal)
      failures.delete(key)
    } catch (error) {
      if (signal.aborted) return
      edges.onTrouble(error)
      const failed = (failures.get(key) ?? 0) + 1
      failures.set(key, failed)
      wait(key, Math.min(failedMaxMs, failedFirstMs * 2 ** (failed - 1)) * (0.5 + edges.random()))
    } finally {
      underWay.delete(key)
    }
  }

  const wait = (key: string, delayMs: number): void => {
    const signal = running
    if (!signal || signal.aborted || timers.has(key)) return
    if (delayMs === 0) void attempt(key, signal)
    else
      timers.set(
        key,
        setTimeout(() => void attempt(key, signal), delayMs),
      )
  }

  const cancel = (key: string): void => {
    clearTimeout(timers.get(key))
    timers.delete(key)
    failures.delete(key)
  }

  return {
    async run(signal) {
      running = signal
      await untilAborted(signal)
      for (const key of [...timers.keys()]) cancel(key)
    },
    schedule(key) {
      if (timers.has(key) || underWay.has(key)) return
      const { delayMs, fight } = planCorrection(fights.get(key) ?? noFight, edges.clock.now())
      if (fight) edges.onFight(key)
      wait(key, delayMs)
    },
    cancel,
    finished(key, nowMs) {
      if (!underWay.has(key)) return false
      fights.set(key, afterCorrection(fights.get(key) ?? noFight, nowMs))
      return true
    },
  }
}
