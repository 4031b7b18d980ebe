/**
 * Plays the kubelets of a cluster that has no nodes: Pods become ready, or fail, without running. How a Pod shall
 * behave its image says, in the same words as to a simulated cluster (`web:crash-loop`; see `test/sim/README.md`).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type KubeConnection, type KubeLive, kubeRequest, kubeWatch } from './requests.ts'

const RETRY_MS = 200

/** Plays until it is stopped. A Pod that is there or comes is given its status once. */
export function playKubelets(connection: KubeConnection): { stop(): void } {
  const ending = new AbortController()
  void follow(connection, ending.signal)
  return { stop: () => ending.abort() }
}

async function follow(connection: KubeConnection, signal: AbortSignal): Promise<void> {
  const played = new Set<string>()
  while (!signal.aborted) {
    try {
      for await (const { type, object } of kubeWatch(connection, '/api/v1/pods', signal)) {
        if (type === 'DELETED') played.delete(object.metadata.uid)
        if (type !== 'ADDED' || played.has(object.metadata.uid)) continue
        played.add(object.metadata.uid)
        void play(connection, object, signal)
      }
    } catch {
      // The server is away, as some tests want it.
    }
    await sleep(RETRY_MS, undefined, { signal, ref: false }).catch(() => {})
  }
}

async function play(connection: KubeConnection, pod: KubeLive, signal: AbortSignal): Promise<void> {
  const { name, namespace } = pod.metadata
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`
  try {
    for (const { afterMs, status } of scriptOf(pod)) {
      await sleep(afterMs, undefined, { signal, ref: false })
      const options = { body: { status }, contentType: 'application/merge-patch+json' }
      await kubeRequest(connection, 'PATCH', path, options)
    }
  } catch {
    // The Pod or the server is gone.
  }
}

interface Scene {
  readonly afterMs: number
  readonly status: object
}

function scriptOf({ spec }: KubeLive): Scene[] {
  const images = (spec.containers as { image?: string }[]).map(({ image = '' }) => image)
  const tag =
    images.map((image) => image.slice(image.lastIndexOf(':') + 1)).find((one) => WORDS.test(one)) ?? ''
  const show = (afterMs: number, ready: boolean, state: object, restartCount = 0): Scene => {
    const containerStatuses = spec.containers.map(({ name, image }: { name: string; image: string }) => ({
      ...{ name, image, imageID: '', ready, restartCount, state },
    }))
    return {
      afterMs,
      status: { phase: ready ? 'Running' : 'Pending', conditions: conditionsOf(ready), containerStatuses },
    }
  }
  const running = { running: { startedAt: new Date().toISOString() } }
  if (tag === 'crash-loop')
    return [show(0, false, { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } }, 3)]
  if (tag === 'image-pull-error')
    return [show(0, false, { waiting: { reason: 'ImagePullBackOff', message: 'no image' } })]
  if (tag === 'never-ready') return [show(0, false, running)]
  return [show(slowMs(tag), true, running)]
}

const WORDS = /^(crash-loop|image-pull-error|never-ready|slow-\d+(ms|s))$/

function slowMs(tag: string): number {
  const [, number = '0', unit] = /^slow-(\d+)(ms|s)$/.exec(tag) ?? []
  return Number(number) * (unit === 's' ? 1_000 : 1)
}

function conditionsOf(ready: boolean): object[] {
  const status = ready ? 'True' : 'False'
  const at = new Date().toISOString()
  return ['PodScheduled', 'Initialized']
    .map((type) => ({ type, status: 'True', lastTransitionTime: at }))
    .concat(['ContainersReady', 'Ready'].map((type) => ({ type, status, lastTransitionTime: at })))
}
