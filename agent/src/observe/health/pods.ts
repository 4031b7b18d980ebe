import type { LiveObject } from '../../kube/index.ts'
import {
  conditionOf,
  type Fields,
  fieldsOf,
  type HealthRule,
  type HealthView,
  listOf,
  numberOf,
  saidBy,
  textOf,
  type Verdict,
  viewOf,
} from './verdict.ts'

/** Reasons for which a waiting container does not start by waiting longer. */
const stuckReasons: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PostStartHookError',
])

const verdict = (status: Verdict['status'], reason = ''): Verdict => ({ status, reason, rule: 'pod' })

export const podRule: HealthRule = (view) => {
  const { spec, status } = view
  const phase = textOf(status.phase)
  if (phase === 'Failed') return verdict('Degraded', failureText(view) ?? `the Pod failed: ${said(status)}`)
  if (phase === 'Succeeded') return verdict('Healthy', 'completed')
  if (phase === 'Unknown') return verdict('Unknown', said(status) || 'the node does not answer')
  const stuck = failureText(view)
  if (stuck) return verdict('Degraded', stuck)
  if (phase !== 'Running') return verdict('Progressing', said(status) || `the Pod is ${phase || 'new'}`)
  const ready = conditionOf(view, 'Ready')
  if (ready?.status === 'True') return verdict('Healthy')
  // A Pod that runs to an end by design is well while it runs.
  if (spec.restartPolicy === 'Never' || spec.restartPolicy === 'OnFailure') {
    return verdict('Progressing', 'running to completion')
  }
  return verdict('Progressing', ready ? saidBy(ready) : 'not ready')
}

/**
 * Why the newest of a workload's Pods can not run; `undefined` while none of them says so.
 * The newest, because an old Pod's trouble may be what the rollout is there to end.
 */
export function failureOfPods(pods: readonly LiveObject[], owner: LiveObject): string | undefined {
  const views = pods.map(viewOf).filter(({ live }) => live.metadata.deletionTimestamp === undefined)
  const byAge = views.sort((a, b) => (created(a) < created(b) ? 1 : -1))
  // What was started for an older spec speaks of the older spec, unless nothing newer is there.
  const newest = newestGroup(byAge, owner)
  for (const view of newest) {
    const text = failureText(view) ?? (textOf(view.status.phase) === 'Failed' ? said(view.status) : undefined)
    if (text) return `Pod ${view.live.metadata.name}: ${text}`
  }
  return undefined
}

/** The Pods of the newest revision; of several when their newest Pods were created in the same second. */
function newestGroup(byAge: readonly HealthView[], owner: LiveObject): readonly HealthView[] {
  const label = owner.kind === 'Deployment' ? 'pod-template-hash' : 'controller-revision-hash'
  const [newest] = byAge
  const revisionOf = ({ live }: HealthView) => live.metadata.labels?.[label]
  if (!newest || revisionOf(newest) === undefined) return byAge
  const revisions = new Set(byAge.filter((view) => created(view) === created(newest)).map(revisionOf))
  return byAge.filter((view) => revisions.has(revisionOf(view)))
}

const created = ({ live }: HealthView): string => live.metadata.creationTimestamp ?? ''

function failureText({ status, conditions }: HealthView): string | undefined {
  const containers = [...listOf(status.initContainerStatuses), ...listOf(status.containerStatuses)]
  for (const container of containers) {
    const waiting = fieldsOf(fieldsOf(container.state).waiting)
    if (stuckReasons.has(textOf(waiting.reason))) return containerText(container, waiting)
    const ended = fieldsOf(fieldsOf(container.state).terminated)
    if ((numberOf(ended.exitCode) ?? 0) !== 0 && textOf(status.phase) === 'Failed') {
      return containerText(container, ended)
    }
  }
  const unschedulable = conditions.find(
    ({ type, status: value, reason }) =>
      type === 'PodScheduled' && value === 'False' && reason === 'Unschedulable',
  )
  return unschedulable && unschedulableForLong(unschedulable.message)
}

/** An autoscaler may still bring a node; only a scheduler's verdict that no node can ever fit is final. */
const unschedulableForLong = (message: string): string | undefined =>
  /preemption: not helpful|didn't match Pod's node affinity|had untolerated taint/.test(message)
    ? `Unschedulable: ${message}`
    : undefined

function containerText(container: Fields, state: Fields): string {
  const restarts = numberOf(container.restartCount) ?? 0
  const last = fieldsOf(fieldsOf(container.lastState).terminated)
  const exit = numberOf(state.exitCode) ?? numberOf(last.exitCode)
  const detail = [
    textOf(state.message),
    exit === undefined ? '' : `exit code ${exit}`,
    restarts > 0 ? `${restarts} restarts` : '',
  ].filter((part) => part !== '')
  const what = textOf(state.reason) || textOf(last.reason) || 'Failed'
  const tail = detail.length > 0 ? ` (${detail.join(', ')})` : ''
  return `container ${textOf(container.name)} is in ${what}${tail}`
}

const said = (status: Fields): string => textOf(status.message) || textOf(status.reason)

/** The Pods of a list that a workload selects by its labels. */
export function podsAmong(objects: readonly LiveObject[], { metadata, spec }: LiveObject): LiveObject[] {
  const labels = Object.entries(fieldsOf(fieldsOf(fieldsOf(spec).selector).matchLabels))
  if (labels.length === 0) return []
  return objects.filter(
    ({ apiVersion, kind, metadata: pod }) =>
      apiVersion === 'v1' &&
      kind === 'Pod' &&
      pod?.namespace === metadata?.namespace &&
      labels.every(([key, value]) => pod?.labels?.[key] === value),
  )
}
