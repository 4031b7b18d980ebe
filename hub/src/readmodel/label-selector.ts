import { RoadsteadError } from '@roadstead/proto'
import { type RawBuilder, sql } from 'kysely'

/** One requirement of a label selector; all of them must hold. */
export type Requirement =
  | { readonly key: string; readonly operator: 'in' | 'notin'; readonly values: readonly string[] }
  | { readonly key: string; readonly operator: 'exists' | 'absent' }

const requirementsMax = 20
const key = '[A-Za-z0-9][-A-Za-z0-9_./]{0,316}'
const value = '[-A-Za-z0-9_.]{0,63}'
const presence = new RegExp(`^(!?)\\s*(${key})$`)
const equality = new RegExp(`^(${key})\\s*(==|=|!=)\\s*(${value})$`)
const membership = new RegExp(`^(${key})\\s+(in|notin)\\s+\\(([^()]*)\\)$`)

/**
 * Reads a label selector as kubectl writes it: `tier=edge,region!=eu,zone in (a, b),!legacy`.
 *
 * @throws RoadsteadError `bad-request` that quotes the requirement it can not read
 */
export function parseLabelSelector(text: string): Requirement[] {
  // A comma inside brackets separates values, not requirements.
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim())
  if (parts.length > requirementsMax) {
    throw new RoadsteadError('bad-request', `a label selector has at most ${requirementsMax} requirements`)
  }
  return parts.filter((part) => part !== '').map(parseRequirement)
}

function parseRequirement(text: string): Requirement {
  const [, not, present] = presence.exec(text) ?? []
  if (present !== undefined) return { key: present, operator: not === '!' ? 'absent' : 'exists' }
  const [, name, sign, single] = equality.exec(text) ?? []
  if (name !== undefined)
    return { key: name, operator: sign === '!=' ? 'notin' : 'in', values: [single ?? ''] }
  const [, set, operator, list = ''] = membership.exec(text) ?? []
  if (set !== undefined) {
    return {
      key: set,
      operator: operator === 'in' ? 'in' : 'notin',
      values: list.split(',').map((v) => v.trim()),
    }
  }
  throw new RoadsteadError(
    'bad-request',
    `"${text}" is not a label requirement such as key=value or key in (a, b)`,
  )
}

/** As Kubernetes has it: what a cluster does not carry is also not in a set. */
export function labelCondition(requirement: Requirement): RawBuilder<boolean> {
  const label = sql`c.labels ->> ${requirement.key}`
  switch (requirement.operator) {
    case 'exists':
      return sql<boolean>`${label} is not null`
    case 'absent':
      return sql<boolean>`${label} is null`
    case 'in':
      return sql<boolean>`${label} = any(${requirement.values}::text[])`
    case 'notin':
      return sql<boolean>`coalesce(${label} <> all(${requirement.values}::text[]), true)`
  }
}
