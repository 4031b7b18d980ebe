import * as v from 'valibot'
import { HealthStatusSchema } from './report.ts'

/**
 * Rules by which an object's health is read: the agent's own table is written in this form, and so is
 * `health.rules` in `app.yaml`. They are data: no code, no regular expressions, nothing that can run long.
 */

/** Text in which `*` stands for any characters; upper and lower case are the same. */
const GlobSchema = v.pipe(v.string(), v.maxLength(256))
const GlobsSchema = v.pipe(v.array(GlobSchema), v.minLength(1), v.maxLength(64))
/**
 * RFC 6901, with two additions: a `*` segment stands for any one key or index, and in a list a word stands
 * for the entry of that `type` or `name`, as in `/status/conditions/Ready/reason`.
 */
const PointerSchema = v.pipe(
  v.string(),
  v.maxLength(512),
  v.regex(/^\//, 'must be a pointer such as /status/phase'),
)

/**
 * What has to be so in an object: every member that is given must hold. Where the pointer names several
 * values, one that is as expected is enough; where both it and the pointer it is compared with have a `*`,
 * each is compared with its neighbour.
 */
export const HealthTestSchema = v.object({
  field: PointerSchema,
  /** Whether it is there; an empty text, list or object is not. */
  exists: v.exactOptional(v.boolean()),
  /** The value is one of these. */
  is: v.exactOptional(GlobsSchema),
  /** It is none of these; what is not there is none of them. */
  isNot: v.exactOptional(GlobsSchema),
  /** It is a smaller number than this one, or than the number at this pointer; an absent one is 0. */
  below: v.exactOptional(v.union([v.number(), PointerSchema])),
  /** It is not the same as what this pointer names. */
  differsFrom: v.exactOptional(PointerSchema),
})

export const HealthCaseSchema = v.object({
  status: HealthStatusSchema,
  /** All of these hold. Without any, the case always applies. */
  when: v.exactOptional(v.pipe(v.array(HealthTestSchema), v.maxLength(16))),
  /** A sentence, or a pointer to the field that has one. */
  reason: v.exactOptional(v.pipe(v.string(), v.maxLength(512))),
})

export const HealthRuleSchema = v.object({
  /** Shown with a verdict, so that people find the rule. */
  name: v.pipe(v.string(), v.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be words-like-this')),
  /** API groups; the core group is the empty text. */
  groups: GlobsSchema,
  /** All kinds of the groups where there are none. */
  kinds: v.exactOptional(GlobsSchema),
  /** Asked in order. When no case applies, the object is read by the general rules. */
  cases: v.exactOptional(v.pipe(v.array(HealthCaseSchema), v.maxLength(32))),
  /** Types of conditions that the general rules leave out. */
  ignoreConditions: v.exactOptional(GlobsSchema),
  /** What an object without a status is; `Healthy` for kinds that never get one. */
  silent: v.exactOptional(HealthStatusSchema),
})

export const HealthRulesSchema = v.pipe(v.array(HealthRuleSchema), v.maxLength(50))

export type HealthTest = v.InferOutput<typeof HealthTestSchema>
export type HealthRuleCase = v.InferOutput<typeof HealthCaseSchema>
export type HealthRuleEntry = v.InferOutput<typeof HealthRuleSchema>
