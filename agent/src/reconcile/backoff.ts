import type { ErrorCode, Problem } from '@roadstead/proto'

const firstMs = 1_000
/** What may pass by itself is tried again at least this often. */
const passingMaxMs = 60_000
/** What needs a person is tried again too, because the person may change the cluster rather than Git. */
const lastingMaxMs = 300_000

const lasting: ReadonlySet<ErrorCode> = new Set([
  'object-invalid',
  'object-forbidden',
  'object-immutable',
  'admission-denied',
  'too-large',
  'undefined-variable',
])

/** @param failures runs that failed in a row, 1 for the first; @param chance from 0 to 1 */
export function retryDelayMs(failures: number, problems: readonly Problem[], chance: number): number {
  const maxMs = problems.every(({ code }) => lasting.has(code)) ? lastingMaxMs : passingMaxMs
  return Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 16)) * (0.5 + chance)
}
