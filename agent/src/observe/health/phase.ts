import { type Fields, fieldsOf, type HealthView, textOf, type Verdict, worst } from './verdict.ts'
import { judgeWords, polarityOf } from './words.ts'

/** What a status says in a word: `phase: Ready`, `state: {state: Failed}`, `health: green`, `ready: false`. */

/** Members that are the word for the whole object. */
const primary = [
  'phase',
  'state',
  'health',
  'status',
  'currentState',
  'currentStatus',
  'overallStatus',
] as const
/** Others are named like one: `certificateStatus`, `clusterState`, `robustness`. */
const secondary = /(phase|state|status|health|stage|result|readiness|robustness|progress|compliant)$/i
/** What was, or is wanted, is not what is. */
const elsewhere =
  /^(desired|target|expected|wanted|requested|previous|prev|old|initial|last|history|spec|template)|hash$/i
/** Only where nothing else speaks. */
const past = /^last.*(state|status|result|phase)$/i

const longestWordChars = 80

/** What the words and flags of a status say. Of a part of an object only words that are known count. */
export function phaseVerdict({ live, status }: HealthView, isPart = false): Verdict | undefined {
  const verdict = worst([wordVerdict(status, isPart ? known : read), flagVerdict(status)])
  if (verdict?.status === 'Healthy' && runsToAnEnd(live.kind) && atWork.test(verdict.reason)) {
    return { ...verdict, status: 'Progressing' }
  }
  const isSet = startsByTheClock.test(live.kind) && /^scheduled\b/i.test(verdict?.reason ?? '')
  return verdict?.status === 'Progressing' && isSet ? { ...verdict, status: 'Healthy' } : verdict
}

const atWork = /^(running|active|started|executing|working)\b/i
const startsByTheClock = /Cron|Schedule/

/** For what runs to an end, running is a way. What starts such things, by the clock or by load, lasts. */
export const runsToAnEnd = (kind: string): boolean =>
  /(^|[a-z])(Job|Run|Workflow|Task|Backup|Restore|Operation|Migration|Experiment|Build|Import|Export|Test|Execution|Clone)$/.test(
    kind,
  ) &&
  !startsByTheClock.test(kind) &&
  !/^Scaled/.test(kind)

function wordVerdict(status: Fields, reader: typeof known): Verdict | undefined {
  const main = primary.filter((member) => wordAt(status, member) !== '')
  const names = Object.keys(status).filter((name) => secondary.test(name) && !elsewhere.test(name))
  const found = [
    ...main.map((member) => reader(status, member)),
    ...names.filter((name) => !main.some((member) => member === name)).map((name) => known(status, name)),
    ...names.map((name) => nestedVerdict(status[name], reader)),
  ].filter((one) => one !== undefined)
  if (found.length > 0) return worst(found)
  return worst(
    Object.keys(status)
      .filter((name) => past.test(name))
      .map((name) => known(status, name)),
  )
}

/** One level down, in a member that is called like a state itself: `applicationState: {state: FAILED}`. */
function nestedVerdict(value: unknown, reader: typeof known): Verdict | undefined {
  const fields = fieldsOf(value)
  if ('conditions' in fields) return undefined
  return worst(
    primary.filter((member) => wordAt(fields, member) !== '').map((member) => reader(fields, member)),
  )
}

/** A word that nobody knows is most likely a step on the way. */
const read = (status: Fields, member: string): Verdict => {
  const word = wordAt(status, member)
  return said(status, word, judgeWords(word) ?? 'Progressing')
}

const known = (status: Fields, member: string): Verdict | undefined => {
  const word = wordAt(status, member)
  const judged = word === '' ? undefined : judgeWords(word)
  return judged && said(status, word, judged)
}

function wordAt(status: Fields, member: string): string {
  const text = textOf(status[member])
  return text.length < longestWordChars ? text : ''
}

const said = (status: Fields, word: string, judged: Verdict['status']): Verdict => {
  const message = textOf(status.message) || textOf(status.reason) || textOf(status.error)
  return { status: judged, reason: message === '' ? word : `${word}: ${message}`, rule: 'phase' }
}

const errorMembers =
  /^(error|errors|errorMessage|errorReason|failureReason|failureMessage|failure|syncError|validationErrors?)$/

/** `ready: true`, `aborted: true`, `failureMessage: …`. */
function flagVerdict(status: Fields): Verdict | undefined {
  return worst(Object.entries(status).map(([name, value]) => readFlag(name, value)))
}

function readFlag(name: string, value: unknown): Verdict | undefined {
  if (errorMembers.test(name)) return readErrors(name, value)
  if (typeof value !== 'boolean' || elsewhere.test(name)) return undefined
  const polarity = polarityOf(name)
  if (value && polarity === 'bad') return { status: 'Degraded', reason: name, rule: `flag/${name}` }
  if (value && polarity === 'stopped') return { status: 'Suspended', reason: name, rule: `flag/${name}` }
  if (!sumsUp.test(name)) return undefined
  if (value) return { status: 'Healthy', reason: '', rule: `flag/${name}` }
  const status = judges.test(name) ? 'Degraded' : 'Progressing'
  return { status, reason: `${name} is false`, rule: `flag/${name}` }
}

const sumsUp =
  /^(ready|readyToUse|healthy|available|synced|applied|created|succeeded|initialized|established|valid|.*Ready)$/
/** These are judgements: a "no" is not a "not yet". */
const judges = /^(healthy|valid)$/

function readErrors(name: string, value: unknown): Verdict | undefined {
  const [first] = Array.isArray(value) ? value : [value]
  const text = textOf(first) || textOf(fieldsOf(first).message)
  return text === '' ? undefined : { status: 'Degraded', reason: text, rule: `flag/${name}` }
}
