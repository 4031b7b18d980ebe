import { groupOf, type LiveObject } from '../../kube/index.ts'
import { builtinRules } from './builtin.ts'
import { conventionRules } from './conventions.ts'
import { ruleTable } from './generated/rule-table.ts'
import { rulesFor, verdictOfRule, withoutIgnored } from './rules.ts'
import { type HealthContext, type HealthRule, type HealthView, type Verdict, viewOf } from './verdict.ts'
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
  const verdict = judge(object, context)
  // A deletion passes, unless what is deleted reports trouble: then it will not pass by itself.
  if (object.metadata.deletionTimestamp === undefined) return verdict
  if (verdict.status === 'Degraded' && !builtinRule(object)) return verdict
  return { status: 'Progressing', reason: 'the object is being deleted', rule: 'deletion' }
}

function judge(object: LiveObject, context: HealthContext): Verdict {
  const view = viewOf(object)
  const rules = [...(context.rules ?? []), ...(context.withoutTable ? [] : ruleTable)]
  const declared = rulesFor(rules, view)
  for (const rule of declared) {
    const verdict = verdictOfRule(rule, view)
    if (verdict) return verdict
  }
  return byKind(withoutIgnored(view, declared), context)
}

function byKind(view: HealthView, context: HealthContext): Verdict {
  const own = builtinRule(view.live)
  for (const rule of own ? [own] : conventionRules) {
    const verdict = rule(view, context)
    if (verdict) return verdict
  }
  return { status: 'Healthy', reason: '', rule: 'exists' }
}

const builtinRule = ({ apiVersion, kind }: LiveObject): HealthRule | undefined =>
  rulesByKind[`${groupOf(apiVersion)}/${kind}`]

/** Kinds whose Pods are worth reading when they are not healthy. */
export const podOwnerKinds: ReadonlySet<string> = new Set([
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'batch/Job',
])
