import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { canonicalJson } from '../canonical.ts'
import { decoder } from '../decode.ts'
import { limits } from '../limits.ts'
import type { AppReport } from './report.ts'
import { CountSchema, GenerationSchema, TimeSchema } from './scalars.ts'

/** A sign of life: a core message, never stored, lost without harm. */
export const HeartbeatSchema = v.object({
  boot: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER)),
  at: TimeSchema,
  /** The generation last accepted; absent before the first. */
  generation: v.exactOptional(GenerationSchema),
  /** `stateDigest` of what the agent would report; where the hub's differs it asks for everything. */
  stateDigest: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  agentVersion: v.pipe(v.string(), v.maxLength(64)),
  /** `gitVersion` of the API server; absent while that can not be reached. */
  kubernetesVersion: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  counts: v.object({ apps: CountSchema, objects: CountSchema, drifted: CountSchema, unsent: CountSchema }),
})
export type Heartbeat = v.InferOutput<typeof HeartbeatSchema>

export const encodeHeartbeat = (heartbeat: Heartbeat): Uint8Array => Buffer.from(canonicalJson(heartbeat))
export const decodeHeartbeat = decoder('heartbeat', HeartbeatSchema, limits.heartbeatBytes)

/** What of an app's report the digest covers; removed apps are not part of it. */
export interface AppFacts {
  readonly app: string
  readonly phase: AppReport['phase']
  readonly release?: string | undefined
  readonly accepted?: number | undefined
  readonly applied?: number | undefined
  readonly healthy?: number | undefined
  readonly health: string
  readonly drifted: number
}

/** 16 hexadecimal digits that both sides compute alike from the state of all apps of a cluster. */
export function stateDigest(apps: readonly AppFacts[]): string {
  const facts = apps
    .filter((app) => app.phase !== 'removed')
    .map((app) => [
      app.app,
      app.phase,
      app.release ?? null,
      app.accepted ?? null,
      app.applied ?? null,
      app.healthy ?? null,
      app.health,
      app.drifted,
    ])
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))
  return createHash('sha256').update(canonicalJson(facts)).digest('hex').slice(0, 16)
}
