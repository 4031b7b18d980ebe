import * as v from 'valibot'
import { canonicalJson, digestOf } from '../canonical.ts'
import { decoder } from '../decode.ts'
import type { Digest } from '../ids.ts'
import { limits } from '../limits.ts'
import { AppPolicySchema } from './policy.ts'
import {
  AppNameSchema,
  ClusterNameSchema,
  CommitIdSchema,
  CountSchema,
  DigestSchema,
  EnvironmentNameSchema,
  GenerationSchema,
  TimeSchema,
  TraceparentSchema,
} from './scalars.ts'

/** A variable keeps the type it was written with: a field that is one whole `${vars.X}` takes it. */
export const VariableSchema = v.union([
  v.pipe(v.string(), v.maxLength(limits.variableBytes)),
  v.number(),
  v.boolean(),
])

export const AssignedAppSchema = v.object({
  app: AppNameSchema,
  /**
   * The generation since which this app's part (release, policy, dependencies, and the cluster's labels and
   * variables) is unchanged. An app's milestones are compared with it, so that a new generation that
   * leaves an app alone costs no API call and no report.
   */
  since: GenerationSchema,
  release: DigestSchema,
  /** Size of the release as canonical JSON: what an agent delays a fetch by. */
  releaseBytes: CountSchema,
  /** The release's key, wrapped for this cluster (`WrapKey`). */
  releaseKey: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{80}$/)),
  /** Apps of the same cluster that must be healthy at their own `since` or later before this one starts. */
  dependsOn: v.pipe(v.array(AppNameSchema), v.maxLength(100)),
  policy: AppPolicySchema,
})

/** A deletion above the budget that a person approved in Git. */
export const DeletionApprovalSchema = v.object({
  app: AppNameSchema,
  maxObjects: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(limits.objectsPerRelease)),
})

/**
 * Everything one cluster should run. An app that is not listed is removed, unless no app is listed at
 * all: that removes nothing without `allowEmpty`, which stands in the cluster's own file.
 */
export const AssignmentSchema = v.object({
  cluster: ClusterNameSchema,
  generation: GenerationSchema,
  /** The commit whose content this is. */
  commit: CommitIdSchema,
  issuedAt: TimeSchema,
  traceparent: v.exactOptional(TraceparentSchema),
  environment: EnvironmentNameSchema,
  labels: v.record(v.string(), v.string()),
  variables: v.record(v.string(), VariableSchema),
  allowEmpty: v.boolean(),
  apps: v.pipe(v.array(AssignedAppSchema), v.maxLength(limits.appsPerCluster)),
  deletionApprovals: v.pipe(v.array(DeletionApprovalSchema), v.maxLength(limits.appsPerCluster)),
})

export type Variable = v.InferOutput<typeof VariableSchema>
export type AssignedApp = v.InferOutput<typeof AssignedAppSchema>
export type DeletionApproval = v.InferOutput<typeof DeletionApprovalSchema>
export type Assignment = v.InferOutput<typeof AssignmentSchema>

/** The part of an assignment that makes it new: a change of anything else publishes nothing. */
export interface AssignmentContent
  extends Omit<Assignment, 'generation' | 'commit' | 'issuedAt' | 'traceparent' | 'apps'> {
  readonly apps: readonly Omit<AssignedApp, 'since' | 'releaseKey'>[]
}

export const encodeAssignment = (assignment: Assignment): Uint8Array => Buffer.from(canonicalJson(assignment))
export const decodeAssignment = decoder('assignment', AssignmentSchema, limits.assignmentBytes)

export const contentDigest = (content: AssignmentContent): Digest => digestOf(canonicalJson(content))
