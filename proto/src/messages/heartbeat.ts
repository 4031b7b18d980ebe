import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { canonicalJson } from '../canonical.ts'
import { decoder } from '../decode.ts'
import { limits } from '../limits.ts'
import type { AppReport } from './report.ts'
import { CountSchema, GenerationSchema, TimeSchema } from './scalars.ts'

/** A sign of life: a core message, never stored, lost without harm. */
export const HeartbeatSchema = Type.Object({
  boot: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  at: TimeSchema,
  /** The generation last accepted; absent before the first. */
  generation: Type.Optional(GenerationSchema),
  /** `stateDigest` of what the agent would report; where the hub's differs it asks for everything. */
  stateDigest: Type.String({ pattern: '^[0-9a-f]{16}$' }),
  agentVersion: Type.String({ maxLength: 64 }),
  /** `gitVersion` of the API server; absent while that can not be reached. */
  kubernetesVersion: Type.Optional(Type.String({ maxLength: 64 })),
  counts: Type.Object({ apps: CountSchema, objects: CountSchema, drifted: CountSchema, unsent: CountSchema }),
})
export type Heartbeat = Static<typeof HeartbeatSchema>

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
