import { type Fields, fieldsOf, textOf, type Verdict } from './verdict.ts'

/** Words that operators use for where an object stands, whole words first. */
const phases: readonly [RegExp, Verdict['status']][] = [
  [
    /^(ready|running|active|available|bound|succeeded|success|successful|completed?|healthy|deployed|established|online|connected|synced|ok|provisioned|installed|enabled|created|attached|valid|finished|normal|exists|green|accepted|done|reconciled|applied|in-use|operational|up|merged|open)$/i,
    'Healthy',
  ],
  [/^(unknown|unspecified)$/i, 'Unknown'],
  [/^(not[ _-]?found|missing|deleted)$/i, 'Missing'],
  [
    /fail|error|degraded|unhealthy|lost|invalid|crash|abort|reject|expired|offline|fatal|^red$|warning|cancell?ed|unsupported|not[ _]allowed|mismatch|killed|exists$/i,
    'Degraded',
  ],
  [/suspend|paused|stopped|hibernat|disabled/i, 'Suspended'],
  [/./, 'Progressing'],
]

/** Members of a status that name a phase, the most telling first. */
const members = [
  'phase',
  'state',
  'health',
  'status',
  'currentState',
  'currentStatus',
  'overallStatus',
  'certificateStatus',
  'result',
] as const

/** What a status says in one word: `phase: Ready`, `state: {state: Failed}`, `health: green`. */
export function phaseVerdict(status: Fields): Verdict | undefined {
  const word =
    wordIn(status) ??
    Object.values(status)
      .map(nestedWord)
      .find((found) => found !== undefined)
  if (word === undefined) return undefined
  const [, verdict] = phases.find(([pattern]) => pattern.test(word)) ?? [undefined, 'Unknown' as const]
  const message = textOf(status.message) || textOf(status.reason) || textOf(status.error)
  return { status: verdict, reason: message === '' ? word : `${word}: ${message}`, rule: 'phase' }
}

/** Trouble that one of several parts reports: `statuses: {gateway: {state: Rejected}}`. */
export const troubledPart = (parts: readonly Fields[]): Verdict | undefined =>
  parts
    .filter((part) => !('conditions' in part))
    .map((part) => (wordIn(part) === undefined ? undefined : phaseVerdict(part)))
    .find((verdict) => verdict?.status === 'Degraded')

function wordIn(fields: Fields): string | undefined {
  const found = members
    .map((member) => textOf(fields[member]))
    .find((text) => text !== '' && text.length < 80)
  return found
}

/** One level down, in a member that is called like a state itself: `applicationState: {state: FAILED}`. */
const nestedWord = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('conditions' in value)
    ? wordIn(fieldsOf(value))
    : undefined
