import { RoadsteadError } from '@roadstead/proto'

export interface RateLimit {
  /** @throws RoadsteadError `rate-limited` */
  take(who: string): void
}

/** A bucket of tokens for each of a bounded number of callers; a full bucket is forgotten first. */
export function rateLimit(options: {
  readonly burst: number
  readonly perSecond: number
  readonly callers: number
  readonly clock: { now(): number }
}): RateLimit {
  const { burst, perSecond, callers, clock } = options
  const buckets = new Map<string, { left: number; atMs: number }>()
  return {
    take(who) {
      const now = clock.now()
      const bucket = buckets.get(who) ?? { left: burst, atMs: now }
      const left = Math.min(burst, bucket.left + ((now - bucket.atMs) / 1_000) * perSecond)
      // The one that called last stands last, so that the first has had the longest time to fill up.
      buckets.delete(who)
      buckets.set(who, { left: Math.max(0, left - 1), atMs: now })
      if (buckets.size > callers) buckets.delete(buckets.keys().next().value as string)
      if (left < 1)
        throw new RoadsteadError('rate-limited', 'too many requests from this address; wait a little')
    },
  }
}
