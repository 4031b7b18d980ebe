/**
 * How quickly to correct an object that keeps being changed. The first corrections are immediate; from the
 * third within the window on it is a fight, and every further one waits twice as long as the one before.
 */
export interface FightRecord {
  /** Times of the corrections that still count, in milliseconds. */
  readonly corrections: readonly number[]
}

export const fightLimits = {
  windowMs: 120_000,
  /** Corrections within the window that are still met at once. */
  patience: 3,
  firstDelayMs: 1_000,
  maxDelayMs: 300_000,
} as const

export const noFight: FightRecord = { corrections: [] }

export interface CorrectionPlan {
  readonly delayMs: number
  readonly fight: boolean
}

export function planCorrection(record: FightRecord, nowMs: number): CorrectionPlan {
  const recent = stillCounting(record, nowMs).length
  if (recent < fightLimits.patience) return { delayMs: 0, fight: false }
  const doublings = Math.min(recent - fightLimits.patience, 20)
  return { delayMs: Math.min(fightLimits.maxDelayMs, fightLimits.firstDelayMs * 2 ** doublings), fight: true }
}

export const afterCorrection = (record: FightRecord, nowMs: number): FightRecord => ({
  corrections: [...stillCounting(record, nowMs), nowMs].slice(-24),
})

/** A correction counts for the window, or for as long again as it had to wait for the next. */
function stillCounting({ corrections }: FightRecord, nowMs: number): readonly number[] {
  const last = corrections.at(-1)
  if (last === undefined) return []
  const quietMs = Math.max(fightLimits.windowMs, 2 * (last - (corrections.at(-2) ?? last)))
  return nowMs - last > quietMs ? [] : corrections
}
