import { setTimeout as sleep } from 'node:timers/promises'
import { encodeHeartbeat, type Heartbeat, limits } from '@roadstead/proto'
import type { Link } from '../link/index.ts'

/** Says that the agent lives, at the pace the hub counts on; the first one as soon as there is a broker. */
export async function beat(
  link: Link,
  compose: () => Heartbeat,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  link.onConnected(() => link.heartbeat(encodeHeartbeat(compose())))
  while (!signal.aborted) {
    const intervalMs = limits.heartbeatIntervalMs * (0.9 + random() / 5)
    await sleep(intervalMs, undefined, { signal }).catch(() => {})
    if (!signal.aborted) link.heartbeat(encodeHeartbeat(compose()))
  }
}
