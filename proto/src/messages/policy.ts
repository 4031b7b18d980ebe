import * as v from 'valibot'
import { HealthRulesSchema } from './health-rules.ts'

/**
 * What `app.yaml` says to the agent. The same schemas validate the file and the assignment, so that a
 * policy can not be accepted by the one and refused by the other.
 */

/** Selects objects of an app; what is left out matches everything. */
export const ObjectTargetSchema = v.object({
  group: v.exactOptional(v.pipe(v.string(), v.maxLength(253))),
  kind: v.exactOptional(v.pipe(v.string(), v.maxLength(253))),
  namespace: v.exactOptional(v.pipe(v.string(), v.maxLength(253))),
  name: v.exactOptional(v.pipe(v.string(), v.maxLength(253))),
})

export const DriftIgnoreSchema = v.object({
  target: v.exactOptional(ObjectTargetSchema),
  /** RFC 6901 pointers; a `*` segment stands for any one key or index. */
  pointers: v.exactOptional(
    v.pipe(v.array(v.pipe(v.string(), v.maxLength(1_024), v.regex(/^\//))), v.maxLength(100)),
  ),
  /** Fields that these field managers own are theirs, an autoscaler's replicas for instance. */
  managers: v.exactOptional(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(128))), v.maxLength(100)),
  ),
})

export const DriftPolicySchema = v.object({
  /** `correct` puts the desired value back at once; `report` only says what differs. */
  policy: v.exactOptional(v.picklist(['correct', 'report'])),
  ignore: v.exactOptional(v.pipe(v.array(DriftIgnoreSchema), v.maxLength(100))),
})

/** How many objects may be deleted in one go without an approval: the larger of the two. */
export const DeletionBudgetSchema = v.object({
  objects: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(10_000))),
  percent: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(100))),
})

export const PrunePolicySchema = v.object({
  enabled: v.exactOptional(v.boolean()),
  customResourceDefinitions: v.exactOptional(v.boolean()),
  namespaces: v.exactOptional(v.boolean()),
  budget: v.exactOptional(DeletionBudgetSchema),
})

export const HealthPolicySchema = v.object({
  /** After this many seconds an app that is still not healthy is degraded. */
  deadlineSeconds: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(86_400))),
  /** Asked before the agent's own rules, in this order. */
  rules: v.exactOptional(HealthRulesSchema),
})

export const AppPolicySchema = v.object({
  drift: DriftPolicySchema,
  prune: PrunePolicySchema,
  health: HealthPolicySchema,
})
export type ObjectTarget = v.InferOutput<typeof ObjectTargetSchema>
export type DriftIgnore = v.InferOutput<typeof DriftIgnoreSchema>
export type AppPolicy = v.InferOutput<typeof AppPolicySchema>

/** What holds where neither `app.yaml` nor the defaults of `fleet.yaml` say otherwise. */
export const policyDefaults = {
  drift: { policy: 'correct' },
  prune: {
    enabled: true,
    customResourceDefinitions: false,
    namespaces: false,
    budget: { objects: 10, percent: 25 },
  },
  health: { deadlineSeconds: 600 },
} as const
