import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AppReport,
  encodeHeartbeat,
  type Heartbeat,
  limits,
  stateDigest,
  timeText,
} from '@roadstead/proto'
import type { Link } from '../link/index.ts'

export interface Pulse {
  readonly boot: number
  readonly unsent: number
  readonly nowMs: number
  readonly agentVersion: string
  /** Of the assignment last accepted. */
  readonly generation: number | undefined
  readonly kubernetesVersion: string | undefined
  /** What was last said of each app: the hub, having heard it, computes the same digest. */
  readonly apps: readonly Omit<AppReport, 'boot' | 'seq' | 'at'>[]
}

/** A sign of life with all that tells the hub whether it missed something. */
export function composeHeartbeat(pulse: Pulse): Heartbeat {
  const { apps, generation, kubernetesVersion } = pulse
  const facts = apps.map((one) => ({
    app: one.app,
    phase: one.phase,
    release: one.release,
    accepted: one.accepted?.generation,
    applied: one.applied?.generation,
    healthy: one.healthy?.generation,
    health: one.health.status,
    drifted: one.objects.drifted,
  }))
  return {
    boot: pulse.boot,
    at: timeText(pulse.nowMs),
    ...(generation === undefined ? {} : { generation }),
    stateDigest: stateDigest(facts),
    agentVersion: pulse.agentVersion,
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    counts: {
      apps: apps.length,
      objects: apps.reduce((sum, { objects }) => sum + objects.total, 0),
      drifted: apps.reduce((sum, { objects }) => sum + objects.drifted, 0),
      unsent: pulse.unsent,
    },
  }
}

/** Says that the agent lives, at the pace the hub counts on; the first one as soon as there is a broker. */
export async function beat(
  link: Link,
  compose: () => Heartbeat,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  const say = () => link.heartbeat(encodeHeartbeat(compose()))
  link.onConnected(say)
  while (!signal.aborted) {
    await sleep(limits.heartbeatIntervalMs * (0.9 + random() / 5), undefined, { signal }).catch(() => {})
    if (!signal.aborted) say()
  }
}
