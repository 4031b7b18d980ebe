import { isCurrent, verdictOfConditions } from './conditions.ts'
import { phaseVerdict } from './phase.ts'
import { byCounts } from './replicas.ts'
import {
  conditionsOf,
  type Fields,
  fieldsOf,
  type HealthView,
  listOf,
  type Verdict,
  worst,
} from './verdict.ts'

/**
 * An object's parts: a route's parents, a gateway's listeners, the members of a cluster. What they report
 * counts against the object, and one part that is refused is not outweighed by the others.
 */

/** What was, or what is only quoted, is no part of how the object is. */
const quoted =
  /^(conditions|history|.*History|revisions|previous.*|last.*|old.*|template|.*Transition.*|.*Events?|.*Spec|spec|config|env)$/
const maxDepth = 3
const maxParts = 500

export function partsVerdict(view: HealthView): Verdict | undefined {
  const parts = partsOf(view.status, 0).slice(0, maxParts)
  const views = parts.map((status) => ({ ...view, status, conditions: conditionsOf(status.conditions) }))
  const judged = fresh(views.filter(({ conditions }) => conditions.length > 0)).map((one) =>
    verdictOfConditions(one),
  )
  const words = views.filter(({ status }) => !('conditions' in status)).map((one) => phaseVerdict(one, true))
  // Instance sets and node pools count their replicas one by one.
  const counts = parts.map((part) => byCounts({}, part))
  return worst([...judged, ...words, ...counts])
}

/** A part that nobody looks after any more (a parent that was removed) says nothing beside those that are kept up. */
function fresh(views: readonly HealthView[]): readonly HealthView[] {
  const kept = views.filter((view) => view.conditions.every((one) => isCurrent(one, view)))
  return kept.length > 0 ? kept : views
}

function partsOf(fields: Fields, depth: number): readonly Fields[] {
  if (depth >= maxDepth) return []
  const parts = Object.entries(fields)
    .filter(([name]) => !quoted.test(name))
    .flatMap(([, value]) => (Array.isArray(value) ? listOf(value) : [fieldsOf(value)]))
    .filter((part) => Object.keys(part).length > 0)
    .slice(0, maxParts)
  return parts.flatMap((part) => [part, ...partsOf(part, depth + 1)])
}
