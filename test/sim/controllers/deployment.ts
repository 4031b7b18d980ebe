import { equal } from '../apply/equal.ts'
import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { conditionOf, withCondition } from './conditions.ts'
import { ownedBy } from './owners.ts'
import { spreadBehaviour } from './replicaset.ts'
import { countOrPercent, type PodTemplate, replicasOf, templateHash, templateOf } from './template.ts'
import type { Toolbox } from './toolbox.ts'

const REVISION = 'deployment.kubernetes.io/revision'

/** Rolls a Deployment out over ReplicaSets and reports it; returns ms until its deadline must be looked at. */
export function reconcileDeployment(tools: Toolbox, deployment: KubeObject): number | undefined {
  if (deployment.metadata.deletionTimestamp) return undefined
  const sets = setsOf(tools, deployment)
  const paused = (deployment.spec as Json).paused === true
  const current = currentSet(deployment, sets) ?? (paused ? undefined : makeSet(tools, deployment, sets))
  if (current) {
    stampRevision(tools, deployment, current)
    rollOut(tools, deployment, current, paused)
    pruneHistory(tools, deployment, current)
  }
  for (const set of setsOf(tools, deployment)) {
    spreadBehaviour(
      tools,
      { ...deployment, metadata: deployment.metadata },
      tools.owners.controlled(set, 'pods'),
    )
  }
  const live = tools.get('Deployment', deployment.metadata.namespace, deployment.metadata.name)
  return live ? report(tools, live) : undefined
}

const setsOf = (tools: Toolbox, deployment: KubeObject) =>
  tools.owners.controlled(deployment, 'replicasets.apps').filter((set) => !set.metadata.deletionTimestamp)

const revisionOf = (object: KubeObject) => Number(object.metadata.annotations?.[REVISION] ?? 0)
const statusOf = (object: KubeObject) => (object.status ?? {}) as Record<string, number>

/** The set made from the present template. */
function currentSet(deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined {
  const template = templateOf(deployment)
  return sets.find((set) => equal(withoutHash(templateOf(set)), withoutHash(template)))
}

function withoutHash(template: PodTemplate): unknown {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

function makeSet(
  tools: Toolbox,
  deployment: KubeObject,
  sets: readonly KubeObject[],
): KubeObject | undefined {
  const template = templateOf(deployment)
  const hash = templateHash(template)
  const { name, namespace } = deployment.metadata
  const label = { 'pod-template-hash': hash }
  const { matchLabels, ...selector } = (deployment.spec as { selector: { matchLabels?: object } }).selector
  const revision = String(Math.max(0, ...sets.map(revisionOf)) + 1)
  return tools.create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...template.metadata?.labels, ...label },
      annotations: { ...copied(deployment), [REVISION]: revision },
      ownerReferences: ownedBy(deployment),
    },
    spec: {
      replicas: 0,
      selector: { ...selector, matchLabels: { ...matchLabels, ...label } },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...label } },
      },
    },
  })
}

function copied(deployment: KubeObject): Record<string, string> {
  const skipped = ['kubectl.kubernetes.io/last-applied-configuration', REVISION]
  return Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !skipped.includes(key)),
  )
}

/** Going back to an old template makes its set the newest revision again. */
function stampRevision(tools: Toolbox, deployment: KubeObject, current: KubeObject): void {
  const newest = Math.max(...setsOf(tools, deployment).map(revisionOf))
  const revision = revisionOf(current) < newest ? newest + 1 : revisionOf(current)
  for (const object of [current, deployment]) {
    if (revisionOf(object) === revision) continue
    const annotations = { ...object.metadata.annotations, [REVISION]: String(revision) }
    tools.update({ ...object, metadata: { ...object.metadata, annotations } })
  }
}

function rollOut(tools: Toolbox, deployment: KubeObject, current: KubeObject, paused: boolean): void {
  const wanted = replicasOf(deployment)
  const old = setsOf(tools, deployment).filter((set) => set.metadata.uid !== current.metadata.uid)
  if (paused) {
    if (old.every((set) => replicasOf(set) === 0)) scaleSet(tools, current, wanted)
    return
  }
  const strategy = ((deployment.spec as Json).strategy ?? {}) as { type?: string; rollingUpdate?: Json }
  if (strategy.type === 'Recreate') {
    for (const set of old) scaleSet(tools, set, 0)
    const pods = old.flatMap((set) => tools.owners.controlled(set, 'pods'))
    if (pods.length === 0) scaleSet(tools, current, wanted)
    return
  }
  const surge = countOrPercent(strategy.rollingUpdate?.maxSurge, wanted, 'up')
  const down = countOrPercent(strategy.rollingUpdate?.maxUnavailable, wanted, 'down')
  roll(tools, current, old, wanted, surge, surge === 0 && down === 0 ? 1 : down)
}

/** One step of a rolling update: up as far as the surge allows, down as far as availability allows. */
function roll(
  tools: Toolbox,
  current: KubeObject,
  old: readonly KubeObject[],
  wanted: number,
  surge: number,
  maxUnavailable: number,
): void {
  const oldTotal = old.reduce((sum, set) => sum + replicasOf(set), 0)
  const room = Math.max(0, wanted + surge - oldTotal - replicasOf(current))
  const target = replicasOf(current) > wanted ? wanted : Math.min(wanted, replicasOf(current) + room)
  scaleSet(tools, current, target)
  const available = statusOf(current).availableReplicas ?? 0
  const notYet = target - Math.min(available, target)
  let removable = oldTotal + target - (wanted - maxUnavailable) - notYet
  for (const set of old) {
    if (removable <= 0) return
    // Old pods that never became available go without waiting for anyone.
    const take = Math.min(removable, replicasOf(set))
    scaleSet(tools, set, replicasOf(set) - take)
    removable -= take
  }
}

function scaleSet(tools: Toolbox, set: KubeObject, replicas: number): void {
  if (replicasOf(set) === replicas) return
  tools.update({ ...set, spec: { ...(set.spec as Json), replicas } })
}

function pruneHistory(tools: Toolbox, deployment: KubeObject, current: KubeObject): void {
  const limit = Number((deployment.spec as Json).revisionHistoryLimit ?? 10)
  const idle = setsOf(tools, deployment)
    .filter((set) => set.metadata.uid !== current.metadata.uid && replicasOf(set) === 0)
    .filter((set) => (statusOf(set).replicas ?? 0) === 0)
    .sort((a, b) => revisionOf(a) - revisionOf(b))
  for (const set of idle.slice(0, Math.max(0, idle.length - limit))) tools.delete(set)
}

function report(tools: Toolbox, deployment: KubeObject): number | undefined {
  const sets = setsOf(tools, deployment)
  const current = currentSet(deployment, sets)
  const sum = (field: string) => sets.reduce((total, set) => total + (statusOf(set)[field] ?? 0), 0)
  const replicas = sum('replicas')
  const availableReplicas = sum('availableReplicas')
  const updatedReplicas = current ? (statusOf(current).replicas ?? 0) : 0
  const wanted = replicasOf(deployment)
  const counts = {
    observedGeneration: deployment.metadata.generation,
    replicas,
    updatedReplicas,
    readyReplicas: sum('readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(0, Math.max(wanted, replicas) - availableReplicas),
  }
  const complete = updatedReplicas === wanted && replicas === wanted && availableReplicas >= wanted
  const conditions = conditionsOf(tools, deployment, current, counts, complete)
  tools.setStatus(deployment, { ...(deployment.status as Json), ...counts, conditions })
  return complete ? undefined : msToDeadline(deployment, conditions)
}

function conditionsOf(
  tools: Toolbox,
  deployment: KubeObject,
  current: KubeObject | undefined,
  counts: { availableReplicas: number },
  complete: boolean,
) {
  const now = tools.now()
  const wanted = replicasOf(deployment)
  const rolling = ((deployment.spec as Json).strategy as { rollingUpdate?: Json } | undefined)?.rollingUpdate
  const tolerated = rolling ? countOrPercent(rolling.maxUnavailable, wanted, 'down') : 0
  const enough = counts.availableReplicas >= wanted - tolerated
  const available = {
    type: 'Available',
    status: enough ? ('True' as const) : ('False' as const),
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough
      ? 'Deployment has minimum availability.'
      : 'Deployment does not have minimum availability.',
  }
  const conditions = withCondition(conditionsIn(deployment), available, now, true)
  return withCondition(conditions, progressing(deployment, current, complete), now, true)
}

const conditionsIn = (object: KubeObject) => (object.status as Json | undefined)?.conditions

function progressing(deployment: KubeObject, current: KubeObject | undefined, complete: boolean) {
  const set = `ReplicaSet "${current?.metadata.name ?? ''}"`
  const base = { type: 'Progressing', status: 'True' as const }
  if ((deployment.spec as Json).paused === true && !complete) {
    return {
      ...base,
      status: 'Unknown' as const,
      reason: 'DeploymentPaused',
      message: 'Deployment is paused',
    }
  }
  if (complete)
    return { ...base, reason: 'NewReplicaSetAvailable', message: `${set} has successfully progressed.` }
  const known = conditionOf(deployment, 'Progressing')
  const sameSet = known?.message?.startsWith(set) ?? false
  const late = sameSet && known?.reason !== 'NewReplicaSetAvailable' && overdueMs(deployment, known) <= 0
  if (late) {
    const message = `${set} has timed out progressing.`
    return { ...base, status: 'False' as const, reason: 'ProgressDeadlineExceeded', message }
  }
  if (sameSet && known?.reason === 'ProgressDeadlineExceeded') return { ...base, ...known }
  return { ...base, reason: 'ReplicaSetUpdated', message: `${set} is progressing.` }
}

const deadlineMs = (deployment: KubeObject) =>
  Number((deployment.spec as Json).progressDeadlineSeconds ?? 600) * 1000

function overdueMs(deployment: KubeObject, known: Json | undefined): number {
  const since = Date.parse(String(known?.lastUpdateTime ?? ''))
  return Number.isNaN(since) ? 1 : since + deadlineMs(deployment) - Date.now()
}

function msToDeadline(deployment: KubeObject, conditions: readonly Json[]): number | undefined {
  const known = conditions.find((one) => one.type === 'Progressing')
  if (known?.reason === 'ProgressDeadlineExceeded') return undefined
  // Times are kept in whole seconds: a little later is surely over.
  return Math.max(50, overdueMs(deployment, known) + 50)
}
