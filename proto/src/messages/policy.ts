import Type, { type Static } from 'typebox'

/**
 * What `app.yaml` says to the agent. The same schemas validate the file and the assignment, so that a
 * policy can not be accepted by the one and refused by the other.
 */

/** Selects objects of an app; what is left out matches everything. */
export const ObjectTargetSchema = Type.Object(
  {
    group: Type.Optional(Type.String({ maxLength: 253 })),
    kind: Type.Optional(Type.String({ maxLength: 253 })),
    namespace: Type.Optional(Type.String({ maxLength: 253 })),
    name: Type.Optional(Type.String({ maxLength: 253 })),
  },
  { additionalProperties: false },
)

export const DriftIgnoreSchema = Type.Object(
  {
    target: Type.Optional(ObjectTargetSchema),
    /** RFC 6901 pointers; a `*` segment stands for any one key or index. */
    pointers: Type.Optional(Type.Array(Type.String({ pattern: '^/', maxLength: 1_024 }), { maxItems: 100 })),
    /** Fields that these field managers own are theirs, an autoscaler's replicas for instance. */
    managers: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 100 })),
  },
  { additionalProperties: false },
)

export const DriftPolicySchema = Type.Object(
  {
    /** `correct` puts the desired value back at once; `report` only says what differs. */
    policy: Type.Optional(Type.Enum(['correct', 'report'])),
    ignore: Type.Optional(Type.Array(DriftIgnoreSchema, { maxItems: 100 })),
  },
  { additionalProperties: false },
)

/** How many objects may be deleted in one go without an approval: the larger of the two. */
export const DeletionBudgetSchema = Type.Object(
  {
    objects: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
    percent: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  },
  { additionalProperties: false },
)

export const PrunePolicySchema = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean()),
    customResourceDefinitions: Type.Optional(Type.Boolean()),
    namespaces: Type.Optional(Type.Boolean()),
    budget: Type.Optional(DeletionBudgetSchema),
  },
  { additionalProperties: false },
)

export const HealthPolicySchema = Type.Object(
  {
    /** After this many seconds an app that is still not healthy is degraded. */
    deadlineSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  },
  { additionalProperties: false },
)

export const AppPolicySchema = Type.Object({
  drift: DriftPolicySchema,
  prune: PrunePolicySchema,
  health: HealthPolicySchema,
})
export type ObjectTarget = Static<typeof ObjectTargetSchema>
export type DriftIgnore = Static<typeof DriftIgnoreSchema>
export type AppPolicy = Static<typeof AppPolicySchema>

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
