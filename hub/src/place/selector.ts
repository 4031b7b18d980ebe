import type { LabelSelector } from '../source/index.ts'

type Labels = Readonly<Record<string, string>>

/** Does everything that the selector says hold for these labels? Kubernetes' rules; an empty one matches all. */
export function matches({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(matchLabels)) {
    if (labelOf(labels, key) !== value) return false
  }
  return matchExpressions.every(({ key, operator, values = [] }) =>
    holds(operator, labelOf(labels, key), values),
  )
}

type Operator = NonNullable<LabelSelector['matchExpressions']>[number]['operator']

function holds(operator: Operator, value: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    // As in Kubernetes, what has no such label at all is also not in the list.
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

const labelOf = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined
