import { namePattern } from '@roadstead/proto'
import type * as v from 'valibot'
import { isNear } from './near.ts'

export const isMissing = (issue: v.BaseIssue<unknown>): boolean =>
  issue.type === 'object' && issue.received === 'undefined'

/** Valibot's issues in the words of somebody who edits YAML. */
export function explain(issue: v.BaseIssue<unknown>): string {
  if (isMissing(issue)) return `the field ${issue.expected} is missing`
  const received = describe(issue.input)
  switch (issue.type) {
    case 'literal':
    case 'picklist':
      return `must be ${plain(issue.expected)}, not ${received}`
    case 'regex':
      return `${received} is not allowed here: ${rules.get(patternOf(issue)) ?? `it must match ${issue.expected}`}`
    case 'min_length':
      return `must not be empty (at least ${plain(issue.expected)})`
    case 'max_length':
    case 'max_entries':
      return `is too long: at most ${String(issue.requirement)} are allowed`
    case 'min_value':
    case 'max_value':
      return `must be ${plain(issue.expected)}, not ${received}`
  }
  return `must be ${kindOf(issue.expected)}, not ${received}`
}

const nameRule =
  'a name has lower-case letters, digits and dashes, at most 63, and a letter or digit at each end'
const rules = new Map([
  [namePattern, nameRule],
  ['^([0-9a-f]{40}|[0-9a-f]{64})$', 'a commit is named by its full id of 40 hexadecimal digits'],
  ['^\\/', 'a JSON pointer starts with "/"'],
])

const patternOf = (issue: v.BaseIssue<unknown>): string =>
  issue.requirement instanceof RegExp ? issue.requirement.source : ''

const kindOf = (expected: string | null): string => {
  if (expected === 'Object') return 'a mapping'
  if (expected === 'Array') return 'a list'
  if (expected === 'string') return 'a text (put it in quotes)'
  return plain(expected)
}

const plain = (expected: string | null): string =>
  (expected ?? 'something else').replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ' or ')

function describe(input: unknown): string {
  if (input === null || input === undefined) return 'empty'
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object') return 'a mapping'
  const text = JSON.stringify(input)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** What to say of a field that a schema does not know. */
export function explainUnknown(field: string, known: readonly string[]): string {
  const near = known.find((name) => isNear(field.toLowerCase(), name.toLowerCase()))
  const hint = near === undefined ? `known here: ${known.toSorted().join(', ')}` : `did you mean "${near}"?`
  return `unknown field "${field}"; ${hint}`
}
