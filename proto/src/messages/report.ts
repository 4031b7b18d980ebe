import Type, { type Static } from 'typebox'
import { canonicalJson } from '../canonical.ts'
import { decoder } from '../decode.ts'
import { limits } from '../limits.ts'
import {
  AppNameSchema,
  CountSchema,
  DigestSchema,
  ErrorCodeSchema,
  GenerationSchema,
  MessageSchema,
  ObjectRefSchema,
  TimeSchema,
  TraceparentSchema,
} from './scalars.ts'

/**
 * What an agent says and wants acknowledged. The cluster is not in the message: it is the subject's last
 * token, which the broker lets no other agent use.
 */

export const healthStatuses = [
  'Healthy',
  'Progressing',
  'Degraded',
  'Suspended',
  'Missing',
  'Unknown',
] as const
export const HealthStatusSchema = Type.Enum([...healthStatuses])
export type HealthStatus = (typeof healthStatuses)[number]

const numbered = {
  /** Grows with every start of the agent, for ever: the later of its clock and the last boot plus one. */
  boot: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  /** Grows by one with every report of a boot; with `boot` it names the report. */
  seq: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  at: TimeSchema,
  traceparent: Type.Optional(TraceparentSchema),
}

/** A generation that was reached, and when by the agent's clock. */
export const MilestoneSchema = Type.Object({ generation: GenerationSchema, at: TimeSchema })

export const ProblemSchema = Type.Object({
  object: Type.Optional(ObjectRefSchema),
  code: ErrorCodeSchema,
  /** What the API server said, word for word, where it was the API server that said it. */
  message: MessageSchema,
})

/** The verdict on an assignment: taken (and durable), or refused and why. */
export const ReceiptSchema = Type.Object({
  kind: Type.Literal('receipt'),
  ...numbered,
  generation: GenerationSchema,
  accepted: Type.Boolean(),
  problem: Type.Optional(ProblemSchema),
})

export const appPhases = ['waiting', 'applying', 'applied', 'failed', 'removing', 'removed'] as const

/** The state of one app on the cluster: always whole, so that a newer one replaces an older one. */
export const AppReportSchema = Type.Object({
  kind: Type.Literal('app'),
  ...numbered,
  app: AppNameSchema,
  /** `removed` is the last word on an app that left the cluster. */
  phase: Type.Enum([...appPhases]),
  release: Type.Optional(DigestSchema),
  accepted: Type.Optional(MilestoneSchema),
  applied: Type.Optional(MilestoneSchema),
  healthy: Type.Optional(MilestoneSchema),
  health: Type.Object({ status: HealthStatusSchema, reason: Type.Optional(MessageSchema) }),
  objects: Type.Object({
    total: CountSchema,
    applied: CountSchema,
    failed: CountSchema,
    healthy: CountSchema,
    drifted: CountSchema,
    /** Left in place by a refused deletion. */
    retained: CountSchema,
  }),
  /** The first of them; `problemCount` is the number of all. */
  problems: Type.Array(ProblemSchema, { maxItems: limits.problemsPerReport }),
  problemCount: CountSchema,
})

export const driftStates = ['open', 'corrected', 'resolved'] as const

export const DriftFieldSchema = Type.Object({
  /** RFC 6901 pointer into the object. */
  path: Type.String({ maxLength: 2_048 }),
  /** JSON text; absent where there is no value. Values of Secrets are given as `sha256:…`. */
  desired: Type.Optional(Type.String({ maxLength: limits.driftValueBytes })),
  live: Type.Optional(Type.String({ maxLength: limits.driftValueBytes })),
})

/** One object that differs, or differed, from what was desired. An open one is replaced by a later one. */
export const DriftReportSchema = Type.Object({
  kind: Type.Literal('drift'),
  ...numbered,
  app: AppNameSchema,
  object: ObjectRefSchema,
  /** `modified`: fields differ. `deleted`: the object is gone. */
  change: Type.Enum(['modified', 'deleted']),
  /** `corrected`: the agent put it back. `resolved`: it went away by itself or is desired now. */
  state: Type.Enum([...driftStates]),
  fields: Type.Array(DriftFieldSchema, { maxItems: limits.fieldsPerDrift }),
  fieldCount: CountSchema,
  /** The field manager that wrote last, and when, by the API server's account. */
  manager: Type.Optional(Type.String({ maxLength: 256 })),
  managerAt: Type.Optional(Type.String({ maxLength: 40 })),
  /** Somebody keeps writing against us; correction has slowed down. */
  fight: Type.Boolean(),
  detectedAt: TimeSchema,
  endedAt: Type.Optional(TimeSchema),
})

export const ReportSchema = Type.Union([ReceiptSchema, AppReportSchema, DriftReportSchema])

export type Milestone = Static<typeof MilestoneSchema>
export type Problem = Static<typeof ProblemSchema>
export type Receipt = Static<typeof ReceiptSchema>
export type AppReport = Static<typeof AppReportSchema>
export type AppPhase = AppReport['phase']
export type DriftField = Static<typeof DriftFieldSchema>
export type DriftReport = Static<typeof DriftReportSchema>
export type Report = Static<typeof ReportSchema>

export const encodeReport = (report: Report): Uint8Array => Buffer.from(canonicalJson(report))
export const decodeReport = decoder('report', ReportSchema, limits.reportBytes)
