import { type Fields, fieldsOf, type HealthRule, numberOf, textOf, type Verdict } from './verdict.ts'

/** Workloads of others count replicas as the built-in ones do; what is short is still on its way. */

export const byReplicas: HealthRule = ({ spec, status }) =>
  byFraction(status) ?? byDaemons(status) ?? byCounts(spec, status)

/** The scale subresource's counterpart, a text such as `1/3`. */
function byFraction(status: Fields): Verdict | undefined {
  const [text] = [status, fieldsOf(status.scale)].flatMap((fields) =>
    Object.entries(fields)
      .filter(([name]) => /replicas|ready|available/i.test(name))
      .map(([, value]) => /^(\d{1,6})\s*\/\s*(\d{1,6})$/.exec(textOf(value)))
      .filter((found) => found !== null),
  )
  return text && counted(Number(text[1]), Number(text[2]), 'ready')
}

function byDaemons(status: Fields): Verdict | undefined {
  const wanted = numberOf(status.desiredNumberScheduled)
  if (wanted === undefined) return undefined
  return counted(
    Math.min(numberOf(status.numberReady) ?? 0, numberOf(status.numberAvailable) ?? wanted),
    wanted,
    'ready',
  )
}

const members: readonly [string, string][] = [
  ['readyReplicas', 'ready'],
  ['availableReplicas', 'available'],
  ['updatedReplicas', 'updated'],
  ['updatedReadyReplicas', 'updated'],
  ['readyInstances', 'ready'],
]

export function byCounts(spec: Fields, status: Fields): Verdict | undefined {
  const wanted =
    numberOf(spec.replicas) ?? numberOf(spec.size) ?? numberOf(spec.instances) ?? numberOf(status.replicas)
  if (wanted === undefined) return undefined
  const short = members
    .map(([member, word]) => ({ count: numberOf(status[member]), word }))
    .filter(({ count }) => count !== undefined)
  const least = short.find(({ count = 0 }) => count < wanted) ?? short[0]
  const unavailable = numberOf(status.unavailableReplicas) ?? 0
  if (unavailable > 0) return counted(Math.max(0, wanted - unavailable), wanted, 'available')
  return least && counted(least.count ?? 0, wanted, least.word)
}

function counted(count: number, wanted: number, word: string): Verdict {
  return count < wanted
    ? { status: 'Progressing', reason: `${count} of ${wanted} replicas ${word}`, rule: 'replicas' }
    : { status: 'Healthy', reason: '', rule: 'replicas' }
}
