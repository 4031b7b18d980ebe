import {
  AppNameSchema,
  ClusterNameSchema,
  CommitIdSchema,
  DeletionApprovalSchema,
  DriftPolicySchema,
  EnvironmentNameSchema,
  HealthPolicySchema,
  limits,
  PrunePolicySchema,
  VariableSchema,
  variableNamePattern,
} from '@roadstead/proto'
import * as v from 'valibot'
import { sourceLimits } from '../limits.ts'

/**
 * The kinds of a fleet repository. The schemas do not name unknown fields themselves: `parse.ts` finds
 * them by comparing what was written with what a schema kept, so that the policies shared with the wire,
 * where unknown members are tolerated, are strict here.
 */
export const apiVersion = 'roadstead.dev/v1'

const text = (chars: number) => v.pipe(v.string(), v.maxLength(chars))
const named = <Name extends v.GenericSchema<string, unknown>>(name: Name) => v.object({ name })

/** Kubernetes' rules for label keys and values, so that a label can be written on any object. */
const LabelKeySchema = v.pipe(
  v.string(),
  v.maxLength(317),
  v.regex(/^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/),
)
const LabelValueSchema = v.pipe(v.string(), v.regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/))
const LabelsSchema = v.record(LabelKeySchema, LabelValueSchema)

/** As in Kubernetes: everything that is said must hold; a selector that says nothing selects all. */
export const LabelSelectorSchema = v.object({
  matchLabels: v.exactOptional(LabelsSchema),
  matchExpressions: v.exactOptional(
    v.pipe(
      v.array(
        v.object({
          key: LabelKeySchema,
          operator: v.picklist(['In', 'NotIn', 'Exists', 'DoesNotExist']),
          values: v.exactOptional(v.pipe(v.array(LabelValueSchema), v.maxLength(100))),
        }),
      ),
      v.maxLength(50),
    ),
  ),
})

const EnvironmentSchema = v.object({
  name: EnvironmentNameSchema,
  /** The environments that a change passes before this one. */
  after: v.exactOptional(v.pipe(v.array(EnvironmentNameSchema), v.maxLength(sourceLimits.environments))),
})

/** A deletion above an app's budget that may go ahead. The app need not exist any more. */
const ApprovalSchema = v.object({
  ...DeletionApprovalSchema.entries,
  cluster: v.exactOptional(ClusterNameSchema),
  environment: v.exactOptional(EnvironmentNameSchema),
  reason: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)),
})

const policies = {
  drift: v.exactOptional(DriftPolicySchema),
  prune: v.exactOptional(PrunePolicySchema),
  health: v.exactOptional(HealthPolicySchema),
}

/** `fleet.yaml` */
export const FleetSchema = v.object({
  apiVersion: v.literal(apiVersion),
  kind: v.literal('Fleet'),
  metadata: named(EnvironmentNameSchema as unknown as v.GenericSchema<string, string>),
  spec: v.object({
    environments: v.pipe(v.array(EnvironmentSchema), v.minLength(1), v.maxLength(sourceLimits.environments)),
    defaults: v.exactOptional(v.object(policies)),
    deletionApprovals: v.exactOptional(
      v.pipe(v.array(ApprovalSchema), v.maxLength(sourceLimits.deletionApprovals)),
    ),
  }),
})

/** `clusters/<cluster>.yaml` */
export const ClusterSchema = v.object({
  apiVersion: v.literal(apiVersion),
  kind: v.literal('Cluster'),
  metadata: v.object({ name: ClusterNameSchema, labels: v.exactOptional(LabelsSchema) }),
  spec: v.object({
    environment: EnvironmentNameSchema,
    variables: v.exactOptional(
      v.pipe(
        v.record(v.pipe(v.string(), v.regex(new RegExp(variableNamePattern))), VariableSchema),
        v.maxEntries(limits.variablesPerCluster),
      ),
    ),
    /** Without it an assignment that lists no app at all removes nothing. */
    allowEmpty: v.exactOptional(v.boolean()),
  }),
})

/** `apps/<app>/app.yaml` */
export const AppSchema = v.object({
  apiVersion: v.literal(apiVersion),
  kind: v.literal('App'),
  metadata: named(AppNameSchema),
  spec: v.object({
    description: v.exactOptional(text(1_000)),
    /** Where it runs; without it, in every environment. Each needs its overlay. */
    environments: v.exactOptional(
      v.pipe(v.array(EnvironmentNameSchema), v.minLength(1), v.maxLength(sourceLimits.environments)),
    ),
    placement: v.exactOptional(v.object({ clusters: v.exactOptional(LabelSelectorSchema) })),
    /** Apps that must be healthy on the same cluster before this one is applied there. */
    dependsOn: v.exactOptional(v.pipe(v.array(AppNameSchema), v.maxLength(sourceLimits.dependencies))),
    ...policies,
  }),
})

/** `apps/<app>/overlays/<environment>/pin.yaml` */
export const PinSchema = v.object({
  apiVersion: v.literal(apiVersion),
  kind: v.literal('Pin'),
  spec: v.object({
    /** The commit that `../../base` is read from, in full. */
    commit: CommitIdSchema,
  }),
})

/** `apps/<app>/overlays/<environment>/clusters/<name>/selector.yaml` */
export const ClusterOverlaySchema = v.object({
  apiVersion: v.literal(apiVersion),
  kind: v.literal('ClusterOverlay'),
  spec: v.object({ clusters: LabelSelectorSchema }),
})

export const kinds = {
  Fleet: FleetSchema,
  Cluster: ClusterSchema,
  App: AppSchema,
  Pin: PinSchema,
  ClusterOverlay: ClusterOverlaySchema,
} as const

export type LabelSelector = v.InferOutput<typeof LabelSelectorSchema>
export type FleetFile = v.InferOutput<typeof FleetSchema>
export type ClusterFile = v.InferOutput<typeof ClusterSchema>
export type AppFile = v.InferOutput<typeof AppSchema>
export type PinFile = v.InferOutput<typeof PinSchema>
export type ClusterOverlayFile = v.InferOutput<typeof ClusterOverlaySchema>
export type DeletionApprovalEntry = v.InferOutput<typeof ApprovalSchema>
