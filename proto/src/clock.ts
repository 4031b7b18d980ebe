/** Time as an argument: a stage that needs it is given one, a test gives its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** RFC 3339 in UTC with milliseconds: how every message writes a time. */
export const timeText = (epochMs: number): string => new Date(epochMs).toISOString()
