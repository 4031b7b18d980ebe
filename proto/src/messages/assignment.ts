import Type, { type Static } from 'typebox'
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
export const VariableSchema = Type.Union([
  Type.String({ maxLength: limits.variableBytes }),
  Type.Number(),
  Type.Boolean(),
])

export const AssignedAppSchema = Type.Object({
  app: AppNameSchema,
  release: DigestSchema,
  /** Size of the release as canonical JSON: what an agent delays a fetch by. */
  releaseBytes: CountSchema,
  /** Apps of the same cluster that must be healthy at this generation or later before this one starts. */
  dependsOn: Type.Array(AppNameSchema, { maxItems: 100 }),
  policy: AppPolicySchema,
})

/** A deletion above the budget that a person approved in Git. */
export const DeletionApprovalSchema = Type.Object({
  app: AppNameSchema,
  maxObjects: Type.Integer({ minimum: 1, maximum: limits.objectsPerRelease }),
})

/**
 * Everything one cluster should run. An app that is not listed is removed, unless no app is listed at
 * all: that removes nothing without `allowEmpty`, which stands in the cluster's own file.
 */
export const AssignmentSchema = Type.Object({
  cluster: ClusterNameSchema,
  generation: GenerationSchema,
  /** The commit whose content this is. */
  commit: CommitIdSchema,
  issuedAt: TimeSchema,
  traceparent: Type.Optional(TraceparentSchema),
  environment: EnvironmentNameSchema,
  labels: Type.Record(Type.String(), Type.String()),
  variables: Type.Record(Type.String(), VariableSchema),
  allowEmpty: Type.Boolean(),
  apps: Type.Array(AssignedAppSchema, { maxItems: limits.appsPerCluster }),
  deletionApprovals: Type.Array(DeletionApprovalSchema, { maxItems: limits.appsPerCluster }),
})

export type Variable = Static<typeof VariableSchema>
export type AssignedApp = Static<typeof AssignedAppSchema>
export type DeletionApproval = Static<typeof DeletionApprovalSchema>
export type Assignment = Static<typeof AssignmentSchema>

/** The part of an assignment that makes it new: a change of anything else publishes nothing. */
export type AssignmentContent = Omit<Assignment, 'generation' | 'commit' | 'issuedAt' | 'traceparent'>

export const encodeAssignment = (assignment: Assignment): Uint8Array => Buffer.from(canonicalJson(assignment))
export const decodeAssignment = decoder('assignment', AssignmentSchema, limits.assignmentBytes)

export const contentDigest = (content: AssignmentContent): Digest => digestOf(canonicalJson(content))
