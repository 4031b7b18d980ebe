import type { HealthRuleCase, HealthRuleEntry, HealthTest } from '@roadstead/proto'
import { groupOf } from '../../kube/index.ts'
import { segmentsOf, valuesAt } from './fields.ts'
import { type HealthView, numberOf, textOf, type Verdict } from './verdict.ts'

/** Rules that are data: the table of this repository, and `health.rules` of an app. */

/** Those that are for this kind, in order. */
export const rulesFor = (rules: readonly HealthRuleEntry[], { live }: HealthView): HealthRuleEntry[] =>
  rules.filter(
    ({ groups, kinds = ['*'] }) => isAny(groups, groupOf(live.apiVersion)) && isAny(kinds, live.kind),
  )

/** The first case that applies; `undefined` leaves the object to the next rule. */
export function verdictOfRule(rule: HealthRuleEntry, view: HealthView): Verdict | undefined {
  const name = `rule/${rule.name}`
  if (rule.silent !== undefined && Object.keys(view.status).length === 0) {
    const reason = rule.silent === 'Healthy' ? '' : 'its controller has not reported yet'
    return { status: rule.silent, reason, rule: name }
  }
  const found = rule.cases?.find(({ when = [] }) => when.every((test) => holds(test, view.live)))
  return found && { status: found.status, reason: reasonOf(found, view), rule: name }
}

/** The object without the conditions that its rules leave out. */
export function withoutIgnored(view: HealthView, rules: readonly HealthRuleEntry[]): HealthView {
  const ignored = rules.flatMap(({ ignoreConditions = [] }) => ignoreConditions)
  if (ignored.length === 0) return view
  return { ...view, conditions: view.conditions.filter(({ type }) => !isAny(ignored, type)) }
}

/** Where two pointers of a test have a `*`, both stand for the same key: what is compared are neighbours. */
function holds(test: HealthTest, object: unknown): boolean {
  const { below, differsFrom } = test
  const isPaired = [below, differsFrom].some((other) => typeof other === 'string' && other.includes('*'))
  if (!isPaired) return holdsFor(test, object)
  const [list = '', member = ''] = splitAtStar(test.field)
  const keys = Object.keys(valuesAt(object, list)[0] ?? {}).map((key) =>
    key.replaceAll('~', '~0').replaceAll('/', '~1'),
  )
  const at = (pointer: string, key: string) => pointer.replace('*', key)
  return keys.slice(0, maxPairs).some((key) =>
    holdsFor(
      {
        ...test,
        field: `${list}/${key}${member}`,
        ...(typeof below === 'string' && { below: at(below, key) }),
        ...(differsFrom !== undefined && { differsFrom: at(differsFrom, key) }),
      },
      object,
    ),
  )
}

const maxPairs = 1_000

const splitAtStar = (pointer: string): string[] => pointer.split('/*', 2)

function holdsFor(test: HealthTest, object: unknown): boolean {
  const values = valuesAt(object, test.field)
  const { exists, is, isNot, below, differsFrom } = test
  if (exists !== undefined && values.some(isThere) !== exists) return false
  if (is && !values.some((value) => isAny(is, plain(value)))) return false
  if (isNot && values.some((value) => isAny(isNot, plain(value)))) return false
  if (below !== undefined && !isBelow(values, below, object)) return false
  return differsFrom === undefined || plain(values[0]) !== plain(valuesAt(object, differsFrom)[0])
}

function isBelow(values: readonly unknown[], limit: number | string, object: unknown): boolean {
  const bound = typeof limit === 'number' ? limit : (numberOf(valuesAt(object, limit)[0]) ?? 0)
  return (values.length === 0 ? [0] : values).some((value) => (numberOf(value) ?? 0) < bound)
}

const isThere = (value: unknown): boolean =>
  value !== '' && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0)

const plain = (value: unknown): string =>
  typeof value === 'object' || value === undefined ? '' : String(value)

/** What the case says, else what the object says beside the field that decided. */
function reasonOf({ status, reason, when = [] }: HealthRuleCase, { live }: HealthView): string {
  if (reason !== undefined && !reason.startsWith('/')) return reason
  const pointers = reason === undefined ? when.flatMap(messagesBeside) : [reason]
  for (const pointer of pointers) {
    const text = valuesAt(live, pointer)
      .map(textOf)
      .find((found) => found !== '')
    if (text !== undefined) return text
  }
  const [first] = when
  const value = first && plain(valuesAt(live, first.field)[0])
  if (status === 'Healthy' || !first) return ''
  return value ? `${first.field} is ${value}` : `${first.field} is not as it should be`
}

const messagesBeside = ({ field }: HealthTest): string[] => {
  const parent = field.slice(0, field.lastIndexOf('/'))
  return segmentsOf(field)[0] === 'status' ? [`${parent}/message`, `${parent}/reason`] : []
}

export const isAny = (globs: readonly string[], text: string): boolean =>
  globs.some((glob) => matchesGlob(glob.toLowerCase(), text.toLowerCase()))

/** `*` stands for any characters. Linear in practice: each literal part is looked for once. */
export function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop()
  if (last === undefined) return glob === text
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false
  let from = first.length
  for (const part of rest) {
    const at = text.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return from <= text.length - last.length
}
