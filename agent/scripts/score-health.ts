/**
 * How well health is read: compares verdicts with those of a corpus of JSON lines `{case, object, status}`.
 *
 *     node scripts/score-health.ts PATH [--failures] [--groups]
 *
 * Two scores: with the rule table, and by the general rules alone, which is what a kind nobody wrote a rule
 * for can expect.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import {
  assessHealth,
  type HealthContext,
  type LiveObject,
  type Verdict,
} from '../src/observe/health/index.ts'

interface Case {
  readonly object: LiveObject
  readonly status: string
}
interface Result extends Case {
  readonly verdict: Verdict
}

const isWell = (status: string): boolean => status === 'Healthy'
const groupOfCase = ({ object }: Case): string => object.apiVersion.replace(/\/?v\d\w*$/, '') || 'core'

const assessAll = (cases: readonly Case[], context: HealthContext): Result[] =>
  cases.map((one) => ({ ...one, verdict: assessHealth(one.object, context) }))

function summary(results: readonly Result[]): string {
  const exact = results.filter(({ status, verdict }) => status === verdict.status).length
  const unhealthy = results.filter(({ status }) => !isWell(status))
  const missed = unhealthy.filter(({ verdict }) => isWell(verdict.status)).length
  return `${exact} of ${results.length} exact (${percent(exact, results.length)}), ${missed} of ${unhealthy.length} unhealthy called healthy (${percent(missed, unhealthy.length)})`
}

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`

/** Expected → found, with the number of cases; what is right stands first. */
function confusion(results: readonly Result[]): string {
  const counts = Map.groupBy(results, ({ status, verdict }) => `${status} → ${verdict.status}`)
  return [...counts]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([pair, found]) => `  ${String(found.length).padStart(4)}  ${pair}`)
    .join('\n')
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { failures: { type: 'boolean' }, groups: { type: 'boolean' } },
})
const [path] = positionals
if (path === undefined) throw new Error('say which corpus to read: node scripts/score-health.ts PATH')
const lines = readFileSync(path, 'utf8').split('\n')
const cases = lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Case)

const write = (text: string): boolean => process.stdout.write(`${text}\n`)
const results = assessAll(cases, {})
write(`general rules alone: ${summary(assessAll(cases, { withoutTable: true }))}`)
write(`with the table:      ${summary(results)}`)
write(confusion(results))
if (values.groups) {
  for (const [group, found] of Map.groupBy(results, groupOfCase)) write(`\n${group}\n${confusion(found)}`)
}
if (values.failures) {
  for (const { object, status, verdict } of results.filter((one) => one.status !== one.verdict.status)) {
    write(
      `${object.apiVersion} ${object.kind}: ${status}, not ${verdict.status} (${verdict.rule}: ${verdict.reason})`,
    )
  }
}
