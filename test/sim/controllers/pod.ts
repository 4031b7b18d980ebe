import { nodeName } from '../bootstrap.ts'
import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { behaviourOf } from './behaviour.ts'
import { withCondition } from './conditions.ts'
import type { Toolbox } from './toolbox.ts'

/** Scheduler and kubelet in one: gives a pod a node, then plays its containers. Returns ms to be called again. */
export function reconcilePod(tools: Toolbox, pod: KubeObject): number | undefined {
  if (pod.metadata.deletionTimestamp) return undefined
  const spec = pod.spec as Json
  if (!spec.nodeName) {
    tools.update({ ...pod, spec: { ...spec, nodeName: pickNode(tools, pod) } })
    return undefined
  }
  const status = (isMap(pod.status) ? pod.status : {}) as Json
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return undefined
  if (!status.startTime) {
    tools.setStatus(pod, starting(tools, pod, status))
    return undefined
  }
  return play(tools, pod, status)
}

/** Spread by name: the same pod always lands on the same node. */
function pickNode(tools: Toolbox, pod: KubeObject): string {
  const wanted = pod.metadata.labels?.['sim.roadstead.dev/node']
  if (wanted) return wanted
  let hash = 0
  for (const char of pod.metadata.name) hash = (hash * 31 + char.charCodeAt(0)) >>> 0
  return nodeName((hash % Math.max(1, tools.nodes)) + 1)
}

function starting(tools: Toolbox, pod: KubeObject, status: Json): Json {
  const now = tools.now()
  const next = withContainers(
    pod,
    { ...status, phase: 'Pending', startTime: now, hostIP: '10.0.0.1' },
    now,
    (one) => ({
      ...one,
      ready: false,
      restartCount: 0,
      started: false,
      state: { waiting: { reason: 'ContainerCreating' } },
    }),
  )
  const scheduled = withCondition(next.conditions, { type: 'PodScheduled', status: 'True' }, now)
  return { ...next, conditions: scheduled }
}

/** One step of the pod's life after it was scheduled. */
function play(tools: Toolbox, pod: KubeObject, status: Json): number | undefined {
  const behaviour = behaviourOf(pod)
  const first = firstContainer(status)
  const creating = (first?.state as Json | undefined)?.waiting as Json | undefined
  if (creating?.reason === 'ContainerCreating') {
    const waitMs = tools.msUntilReady(pod, behaviour.kind === 'slow' ? behaviour.delayMs : undefined)
    if (waitMs > 0) return waitMs
  }
  switch (behaviour.kind) {
    case 'crash-loop':
      return crash(tools, pod, status)
    case 'image-pull-error':
      return failPull(tools, pod, status)
    case 'never-ready':
      return run(tools, pod, status, false)
    case 'job-fails':
      return ofJob(pod) ? finish(tools, pod, status, 1) : run(tools, pod, status, true)
    default:
      return ofJob(pod) ? finish(tools, pod, status, 0) : run(tools, pod, status, true)
  }
}

const ofJob = (pod: KubeObject) => (pod.spec as Json).restartPolicy !== 'Always'

function run(tools: Toolbox, pod: KubeObject, status: Json, ready: boolean): undefined {
  const first = firstContainer(status)
  if (status.phase === 'Running' && first?.ready === ready && (first.state as Json).running) return undefined
  const now = tools.now()
  const podIP = status.podIP ?? freeIp(pod)
  const next = withContainers(
    pod,
    { ...status, phase: 'Running', podIP, podIPs: [{ ip: podIP }] },
    now,
    (one) => ({
      ...one,
      ready,
      started: true,
      containerID: `simulated://${pod.metadata.uid}`,
      state: { running: { startedAt: now } },
    }),
  )
  tools.setStatus(pod, next)
}

/** Base and bound of the restart back-off: quicker than a kubelet's 10 s to 5 min, so that tests see it grow. */
const BACKOFF_BASE_MS = 1_000
const BACKOFF_MAX_MS = 300_000

function crash(tools: Toolbox, pod: KubeObject, status: Json): number {
  const now = tools.now()
  const restarts =
    Number(firstContainer(status)?.restartCount ?? 0) + (isWaiting(status, 'ContainerCreating') ? 0 : 1)
  const waitMs = Math.min(BACKOFF_BASE_MS * 2 ** restarts, BACKOFF_MAX_MS)
  const where = `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`
  const ended = {
    exitCode: 1,
    reason: 'Error',
    startedAt: now,
    finishedAt: now,
    containerID: 'simulated://ended',
  }
  const next = withContainers(pod, { ...status, phase: 'Running' }, now, (one) => ({
    ...one,
    ready: false,
    started: false,
    restartCount: restarts,
    lastState: { terminated: ended },
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off ${Math.ceil(waitMs / 1000)}s restarting failed container=${one.name} pod=${where}`,
      },
    },
  }))
  tools.setStatus(pod, next)
  return waitMs
}

function failPull(tools: Toolbox, pod: KubeObject, status: Json): number | undefined {
  if (isWaiting(status, 'ImagePullBackOff')) return undefined
  const again = isWaiting(status, 'ErrImagePull')
  const now = tools.now()
  const next = withContainers(pod, { ...status, phase: 'Pending' }, now, (one) => ({
    ...one,
    ready: false,
    started: false,
    state: { waiting: again ? backOff(String(one.image)) : pullError(String(one.image)) },
  }))
  tools.setStatus(pod, next)
  return again ? undefined : BACKOFF_BASE_MS
}

const backOff = (image: string) => ({
  reason: 'ImagePullBackOff',
  message: `Back-off pulling image "${image}": ErrImagePull: ${pullError(image).message}`,
})

const pullError = (image: string) => ({
  reason: 'ErrImagePull',
  message: `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
})

function finish(tools: Toolbox, pod: KubeObject, status: Json, exitCode: number): undefined {
  const now = tools.now()
  const reason = exitCode === 0 ? 'Completed' : 'Error'
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed'
  const next = withContainers(pod, { ...status, phase }, now, (one) => ({
    ...one,
    ready: false,
    started: false,
    state: {
      terminated: { exitCode, reason, startedAt: now, finishedAt: now, containerID: 'simulated://ended' },
    },
  }))
  tools.setStatus(pod, next)
}

function firstContainer(status: Json): Json | undefined {
  return (status.containerStatuses as Json[] | undefined)?.[0]
}

function isWaiting(status: Json, reason: string): boolean {
  const waiting = (firstContainer(status)?.state as Json | undefined)?.waiting as Json | undefined
  return waiting?.reason === reason
}

/** The status with every container's state set, and the conditions that follow from it. */
function withContainers(pod: KubeObject, status: Json, now: string, state: (container: Json) => Json): Json {
  const containers = ((pod.spec as Json).containers as Json[]) ?? []
  const known = (status.containerStatuses as Json[] | undefined) ?? []
  const containerStatuses = containers.map((container) => {
    const before = known.find((one) => one.name === container.name) ?? {}
    const { name, image } = container
    return state({ imageID: '', lastState: {}, ...before, name, image })
  })
  const unready = containerStatuses.filter((one) => !one.ready).map((one) => one.name)
  const done = status.phase === 'Succeeded'
  const notReady = {
    status: 'False' as const,
    reason: done ? 'PodCompleted' : 'ContainersNotReady',
    ...(done ? {} : { message: `containers with unready status: [${unready.join(' ')}]` }),
  }
  let conditions = withCondition(
    status.conditions,
    { type: 'PodReadyToStartContainers', status: 'True' },
    now,
  )
  conditions = withCondition(conditions, { type: 'Initialized', status: 'True' }, now)
  for (const type of ['Ready', 'ContainersReady']) {
    const state_ = unready.length === 0 ? { status: 'True' as const } : notReady
    conditions = withCondition(conditions, { type, ...state_ }, now)
  }
  const observedGeneration = pod.metadata.generation
  return { ...status, observedGeneration, conditions, containerStatuses }
}

/** A pod address out of 10.244.0.0/16, by its uid. */
function freeIp(pod: KubeObject): string {
  const bytes = Buffer.from((pod.metadata.uid ?? '').replaceAll('-', ''), 'hex')
  return `10.244.${bytes[0] ?? 0}.${(bytes[1] ?? 0) % 254 || 1}`
}
