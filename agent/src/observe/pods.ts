import type { KubeClient, LiveObject } from '../kube/index.ts'
import { fieldsOf, listOf, textOf } from './health/verdict.ts'

/** More would tell no more: one failing Pod of the newest revision is a reason. */
const maxPods = 200

/** The Pods a workload selects, read when somebody wants to know why it is not healthy. */
export async function podsOf(
  workload: LiveObject,
  kube: KubeClient,
  signal: AbortSignal,
): Promise<LiveObject[]> {
  const labels = selectorText(fieldsOf(workload.spec).selector)
  const { namespace } = workload.metadata
  if (labels === '' || namespace === undefined) return []
  const pods: LiveObject[] = []
  let next: string | undefined
  do {
    const page = await kube.list('v1', 'Pod', { namespace, labels, continue: next }, signal)
    pods.push(...page.items)
    next = page.next
  } while (next !== undefined && pods.length < maxPods)
  return pods
}

/** A LabelSelector in the notation of a query. */
export function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = fieldsOf(selector)
  const equal = Object.entries(fieldsOf(matchLabels)).map(([key, value]) => `${key}=${String(value)}`)
  const expressions = listOf(matchExpressions).map((one) => {
    const key = textOf(one.key)
    const values = Array.isArray(one.values) ? one.values.join(',') : ''
    if (one.operator === 'Exists') return key
    if (one.operator === 'DoesNotExist') return `!${key}`
    return `${key} ${one.operator === 'NotIn' ? 'notin' : 'in'} (${values})`
  })
  return [...equal, ...expressions].join(',')
}
