import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@roadstead/proto'
import { tryToLead } from './db/index.ts'
import type { Telemetry } from './telemetry/index.ts'

export interface LeadOptions {
  readonly databaseUrl: string
  readonly telemetry: Telemetry
  readonly random: () => number
}

/** How long another replica waits after a leader is gone, on average. */
const candidacyPauseMs = 1_000

/**
 * Runs `term` whenever this replica holds the lock of the down path, one term at a time, until the signal.
 * A term's own signal is aborted as soon as the lock is lost; the next term starts after it has ended.
 */
export async function lead(
  { databaseUrl, telemetry, random }: LeadOptions,
  term: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const leadership = await tryToLead(databaseUrl).catch((error: unknown) => {
      telemetry.logger.warn(`the lock of the down path can not be asked for: ${messageOf(error)}`)
      return undefined
    })
    if (leadership === undefined) {
      await sleep(candidacyPauseMs * (0.5 + random()), undefined, { signal }).catch(() => {})
      continue
    }
    telemetry.logger.info('this replica leads')
    try {
      await term(AbortSignal.any([signal, leadership.signal]))
    } finally {
      await leadership.release().catch(() => {})
      telemetry.logger.info('this replica leads no more')
    }
  }
}
