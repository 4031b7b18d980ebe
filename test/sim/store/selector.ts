import { badRequest } from '../api/errors.ts'
import type { KubeObject } from './object.ts'

export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

const KEY = '[A-Za-z0-9][-A-Za-z0-9_./]*'

/** A label selector as kubectl writes it: `a=b,c!=d,e in (x,y),f notin (z),g,!h`. Throws 400 on anything else. */
export function parseLabelSelector(text: string): LabelTest {
  const tests: LabelTest[] = []
  for (const part of splitOutsideParentheses(text)) tests.push(requirement(part.trim()))
  return (labels) => tests.every((test) => test(labels))
}

function splitOutsideParentheses(text: string): string[] {
  return text.trim() === '' ? [] : text.split(/,(?![^(]*\))/)
}

function requirement(part: string): LabelTest {
  const set = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^)]*)\\)$`).exec(part)
  if (set) {
    const [, key = '', operator, list = ''] = set
    const values = new Set(list.split(',').map((value) => value.trim()))
    return (labels) => values.has(labels[key] ?? '\0') === (operator === 'in')
  }
  const equals = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`).exec(part)
  if (equals) {
    const [, key = '', operator, value] = equals
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value
  }
  const bound = new RegExp(`^(${KEY})\\s*([<>])\\s*(-?\\d+)$`).exec(part)
  if (bound) {
    const [, key = '', operator, value] = bound
    const test = operator === '>' ? (n: number) => n > Number(value) : (n: number) => n < Number(value)
    return (labels) => labels[key] !== undefined && test(Number(labels[key]))
  }
  const exists = new RegExp(`^(!?)\\s*(${KEY})$`).exec(part)
  if (!exists) throw badRequest(parseFault(part))
  const [, not, key = ''] = exists
  return (labels) => (labels[key] !== undefined) === (not === '')
}

function parseFault(part: string): string {
  const second = /^\S+\s+(\S+)/.exec(part)?.[1]
  const expected = second ? 'in, notin, =, ==, !=, gt, lt' : "!, identifier, or 'end of string'"
  return `unable to parse requirement: found '${second ?? part}', expected: ${expected}`
}

/** `metadata.name=x,status.phase!=Running`; any path that is a scalar in the object will do. */
export function parseFieldSelector(text: string): (object: KubeObject) => boolean {
  const tests: ((object: KubeObject) => boolean)[] = []
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const match = /^\s*([A-Za-z0-9_.]+)\s*(==|=|!=)\s*(.*)$/.exec(part)
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
    const [, path = '', operator, value] = match
    tests.push((object) => (String(valueAt(object, path) ?? '') === value) === (operator !== '!='))
  }
  return (object) => tests.every((test) => test(object))
}

function valueAt(object: unknown, path: string): unknown {
  let value = object
  for (const step of path.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined
  }
  return value
}

interface LabelSelectorObject {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
}

/** A LabelSelector of a spec; null selects nothing, {} everything. */
export function matchesSelector(selector: unknown, labels: Readonly<Record<string, string>> = {}): boolean {
  if (!selector) return false
  const { matchLabels = {}, matchExpressions = [] } = selector as LabelSelectorObject
  if (!Object.entries(matchLabels).every(([key, value]) => labels[key] === value)) return false
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key]
    if (operator === 'Exists') return value !== undefined
    if (operator === 'DoesNotExist') return value === undefined
    return operator === 'In' ? value !== undefined && values.includes(value) : !values.includes(value ?? '\0')
  })
}
