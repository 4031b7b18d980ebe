import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import {
  type Clock,
  type ClusterName,
  decodeHeartbeat,
  parseClusterName,
  RoadsteadError,
  subjects,
} from '@roadstead/proto'
import { type Database, databaseError } from '../db/index.ts'
import type { Doubts } from './doubts.ts'
import { limits } from './limits.ts'
import { type Heard, writeHeartbeats } from './pulse.ts'
import type { IntakeTelemetry } from './telemetry.ts'

export interface HeartbeatEdges {
  readonly connection: NatsConnection
  readonly database: Database
  readonly clock: Clock
  readonly telemetry: IntakeTelemetry
  readonly doubts: Doubts
}

/** Replicas of the hub share the heartbeats: each is heard by one of them. */
const queue = 'hub-intake'

export interface HeartbeatListener {
  /** Since when (ms since the epoch) all that was heard could be written: before it, silence proves nothing. */
  hearingSinceMs(): number
  /** Stops listening and writes what was heard. */
  close(): Promise<void>
}

/**
 * Listens for heartbeats and writes the newest of each cluster once per interval, by one statement per
 * thousand clusters. Losing some does no harm: the next ones come in seconds.
 */
export function listenForHeartbeats(edges: HeartbeatEdges): HeartbeatListener {
  const { connection, clock, telemetry } = edges
  let waiting = new Map<ClusterName, Heard>()
  const subscription: Subscription = connection.subscribe(subjects.heartbeat('*'), {
    queue,
    // An exception out of a callback would leave the connection deaf for good.
    callback: (error, message) => {
      try {
        if (error) throw error
        const heard = decodeHeard(message, clock.now())
        if (waiting.size >= limits.heartbeatsWaiting && !waiting.has(heard.cluster)) {
          throw new RoadsteadError('too-large', 'too many clusters wait for their heartbeat to be written')
        }
        waiting.set(heard.cluster, heard)
      } catch (fault) {
        telemetry.heartbeatRefused(fault)
      }
    },
  })
  let hearingSinceMs = clock.now()
  const flush = async (): Promise<void> => {
    const heard = [...waiting.values()]
    waiting = new Map()
    for (let start = 0; start < heard.length; start += limits.heartbeatsPerStatement) {
      const written = await flushSome(heard.slice(start, start + limits.heartbeatsPerStatement), edges)
      if (!written) hearingSinceMs = clock.now()
    }
  }
  // One flush at a time; meanwhile the newest heartbeat of each cluster waits.
  let flushing: Promise<void> | undefined
  const tick = () => {
    flushing ??= flush().finally(() => {
      flushing = undefined
    })
    return flushing
  }
  const timer = setInterval(tick, limits.heartbeatFlushMs)
  return {
    hearingSinceMs: () => hearingSinceMs,
    async close() {
      clearInterval(timer)
      subscription.unsubscribe()
      await flushing
      await tick()
    },
  }
}

function decodeHeard(message: Msg, heardAtMs: number): Heard {
  const cluster = parseClusterName(message.subject.slice(message.subject.lastIndexOf('.') + 1))
  if (cluster === undefined) throw new RoadsteadError('undecodable', 'the subject names no cluster')
  return { cluster, heartbeat: decodeHeartbeat(message.data), heardAtMs }
}

async function flushSome(heard: readonly Heard[], edges: HeartbeatEdges): Promise<boolean> {
  const { database, telemetry, doubts } = edges
  try {
    const { unknown, doubtful } = await writeHeartbeats(database, heard)
    telemetry.heartbeatsWritten(heard.length, unknown)
    for (const doubt of doubtful) doubts.add(doubt)
    return true
  } catch (error) {
    telemetry.heartbeatsFailed(databaseError(error))
    return false
  }
}
