import * as v from 'valibot'
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
export const HealthStatusSchema = v.picklist(healthStatuses)
export type HealthStatus = (typeof healthStatuses)[number]

const numbered = {
  /** Grows with every start of the agent, for ever: the later of its clock and the last boot plus one. */
  boot: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER)),
  /** Grows by one with every report of a boot; with `boot` it names the report. */
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER)),
  at: TimeSchema,
  traceparent: v.exactOptional(TraceparentSchema),
}

/** A generation that was reached, and when by the agent's clock. */
export const MilestoneSchema = v.object({ generation: GenerationSchema, at: TimeSchema })

export const ProblemSchema = v.object({
  object: v.exactOptional(ObjectRefSchema),
  code: ErrorCodeSchema,
  /** What the API server said, word for word, where it was the API server that said it. */
  message: MessageSchema,
})

/** The verdict on an assignment: taken (and durable), or refused and why. */
export const ReceiptSchema = v.object({
  kind: v.literal('receipt'),
  ...numbered,
  generation: GenerationSchema,
  accepted: v.boolean(),
  problem: v.exactOptional(ProblemSchema),
})

export const appPhases = ['waiting', 'applying', 'applied', 'failed', 'removing', 'removed'] as const

/** The state of one app on the cluster: always whole, so that a newer one replaces an older one. */
export const AppReportSchema = v.object({
  kind: v.literal('app'),
  ...numbered,
  app: AppNameSchema,
  /** `removed` is the last word on an app that left the cluster. */
  phase: v.picklist(appPhases),
  release: v.exactOptional(DigestSchema),
  accepted: v.exactOptional(MilestoneSchema),
  applied: v.exactOptional(MilestoneSchema),
  healthy: v.exactOptional(MilestoneSchema),
  health: v.object({ status: HealthStatusSchema, reason: v.exactOptional(MessageSchema) }),
  objects: v.object({
    total: CountSchema,
    applied: CountSchema,
    failed: CountSchema,
    healthy: CountSchema,
    drifted: CountSchema,
    /** Left in place by a refused deletion. */
    retained: CountSchema,
  }),
  /** The first of them; `problemCount` is the number of all. */
  problems: v.pipe(v.array(ProblemSchema), v.maxLength(limits.problemsPerReport)),
  problemCount: CountSchema,
})

export const driftStates = ['open', 'corrected', 'resolved'] as const

export const DriftFieldSchema = v.object({
  /** RFC 6901 pointer into the object. */
  path: v.pipe(v.string(), v.maxLength(2_048)),
  /** JSON text; absent where there is no value. Values of Secrets are given as `sha256:…`. */
  desired: v.exactOptional(v.pipe(v.string(), v.maxLength(limits.driftValueBytes))),
  live: v.exactOptional(v.pipe(v.string(), v.maxLength(limits.driftValueBytes))),
})

/** One object that differs, or differed, from what was desired. An open one is replaced by a later one. */
export const DriftReportSchema = v.object({
  kind: v.literal('drift'),
  ...numbered,
  app: AppNameSchema,
  object: ObjectRefSchema,
  /** `modified`: fields differ. `deleted`: the object is gone. */
  change: v.picklist(['modified', 'deleted']),
  /** `corrected`: the agent put it back. `resolved`: it went away by itself or is desired now. */
  state: v.picklist(driftStates),
  fields: v.pipe(v.array(DriftFieldSchema), v.maxLength(limits.fieldsPerDrift)),
  fieldCount: CountSchema,
  /** The field manager that wrote last, and when, by the API server's account. */
  manager: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
  managerAt: v.exactOptional(v.pipe(v.string(), v.maxLength(40))),
  /** Somebody keeps writing against us; correction has slowed down. */
  fight: v.boolean(),
  detectedAt: TimeSchema,
  endedAt: v.exactOptional(TimeSchema),
})

export const ReportSchema = v.union([ReceiptSchema, AppReportSchema, DriftReportSchema])

export type Milestone = v.InferOutput<typeof MilestoneSchema>
export type Problem = v.InferOutput<typeof ProblemSchema>
export type Receipt = v.InferOutput<typeof ReceiptSchema>
export type AppReport = v.InferOutput<typeof AppReportSchema>
export type AppPhase = AppReport['phase']
export type DriftField = v.InferOutput<typeof DriftFieldSchema>
export type DriftReport = v.InferOutput<typeof DriftReportSchema>
export type Report = v.InferOutput<typeof ReportSchema>

export const encodeReport = (report: Report): Uint8Array => Buffer.from(canonicalJson(report))
export const decodeReport = decoder('report', ReportSchema, limits.reportBytes)
