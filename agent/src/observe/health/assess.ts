import { groupOf, type LiveObject } from '../../kube/index.ts'
import { builtinRules } from './builtin.ts'
import { conventionRules } from './conventions.ts'
import { type HealthContext, type HealthRule, type Verdict, viewOf } from './verdict.ts'
import { workloadRules } from './workloads.ts'

const rulesByKind: Readonly<Record<string, HealthRule>> = { ...workloadRules, ...builtinRules }

/**
 * How a live object is. Pure: the same object and context give the same verdict.
 *
 * Built-in kinds have rules of their own; others are read by the conventions of the ecosystem. A kind that
 * says nothing about itself (a ConfigMap, a Role, an Issuer that nobody has looked at) is healthy by being
 * there, which the rule `exists` tells apart from one that was found to be well.
 */
export function assessHealth(given: LiveObject, context: HealthContext = {}): Verdict {
  // What a person hands in to be judged may be a fragment.
  const object = given.metadata ? given : ({ ...given, metadata: { name: '' } } as LiveObject)
  if (object.metadata.deletionTimestamp !== undefined) {
    return { status: 'Progressing', reason: 'the object is being deleted', rule: 'deletion' }
  }
  const view = viewOf(object)
  const own = rulesByKind[`${groupOf(object.apiVersion)}/${object.kind}`]
  const rules = own ? [own] : conventionRules
  for (const rule of rules) {
    const verdict = rule(view, context)
    if (verdict) return verdict
  }
  return { status: 'Healthy', reason: '', rule: 'exists' }
}

/** Kinds whose Pods are worth reading when they are not healthy. */
export const podOwnerKinds: ReadonlySet<string> = new Set([
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'batch/Job',
])
