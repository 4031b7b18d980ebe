import {
  appPhases,
  DriftFieldSchema,
  driftStates,
  errorCodes,
  healthStatuses,
  ObjectRefSchema,
  ProblemSchema,
} from '@roadstead/proto'
import * as v from 'valibot'
import { appStatuses, clusterStatuses, overallStatuses } from '../../readmodel/index.ts'
import { count, countsOf, list, pageOf, text, time, whole } from './scalars.ts'

export * from './explanation.ts'

/** The named schemas of the OpenAPI document; the types of `readmodel` must fit them. */

const commitStatus = v.picklist(['in-force', 'superseded', 'invalid', 'rejected'])
export const AppStatus = v.picklist(appStatuses)
export const ClusterStatus = v.picklist(clusterStatuses)
export const OverallStatus = v.picklist(overallStatuses)
export const CommitStatus = commitStatus
export const DriftState = v.picklist(driftStates)

export const Problem = v.pipe(
  v.object({
    type: text,
    title: text,
    status: whole,
    detail: text,
    code: v.picklist(errorCodes),
    instance: text,
  }),
  v.description('RFC 9457 problem details, with the code that programs go by'),
)

export const AppCounts = countsOf(appStatuses)
export const ClusterCounts = countsOf(clusterStatuses)
const OpenDrift = v.object({ open: count })

export const EnvironmentHealth = v.object({
  name: text,
  clusters: ClusterCounts,
  apps: AppCounts,
  current: v.pipe(count, v.description('Clusters that are heard and have applied all they should run')),
  heldApps: v.pipe(count, v.description('Apps whose newest commit does not render')),
  drift: OpenDrift,
})

export const FleetHealth = v.object({
  commit: v.object({
    inForce: v.nullable(text),
    head: v.nullable(text),
    headStatus: v.nullable(commitStatus),
  }),
  clusters: ClusterCounts,
  apps: v.pipe(AppCounts, v.description('Apps on clusters: one on twelve clusters counts twelve times')),
  environments: list(EnvironmentHealth),
  drift: OpenDrift,
  updatedAt: time,
})

export const Milestone = v.object({
  generation: whole,
  at: time,
  current: v.pipe(v.boolean(), v.description('Reached with what is wanted now')),
})

export const Placement = v.pipe(
  v.object({
    cluster: text,
    app: text,
    environment: text,
    status: AppStatus,
    current: v.pipe(v.boolean(), v.description('The wanted release is applied, as far as was heard')),
    release: v.object({ wanted: v.nullable(text), reported: v.nullable(text) }),
    since: v.pipe(v.nullable(whole), v.description('The generation since which it is wanted like this')),
    milestones: v.object({
      offered: v.nullable(Milestone),
      accepted: v.nullable(Milestone),
      applied: v.nullable(Milestone),
      healthy: v.nullable(Milestone),
    }),
    phase: v.nullable(v.picklist(appPhases)),
    health: v.nullable(v.picklist(healthStatuses)),
    reason: v.nullable(text),
    objects: v.nullable(
      v.object({
        total: count,
        applied: count,
        failed: count,
        healthy: count,
        drifted: count,
        retained: count,
      }),
    ),
    problems: list(ProblemSchema),
    problemCount: count,
    reportedAt: v.nullable(time),
  }),
  v.description('One app on one cluster'),
)

const clusterSummary = {
  name: text,
  environment: text,
  labels: v.record(text, text),
  status: ClusterStatus,
  silent: v.boolean(),
  lastSeenAt: v.nullable(time),
  generation: v.object({
    assigned: v.nullable(whole),
    offered: v.nullable(whole),
    accepted: v.nullable(whole),
  }),
  commit: v.nullable(text),
  apps: AppCounts,
  drift: OpenDrift,
  agentVersion: v.nullable(text),
  kubernetesVersion: v.nullable(text),
  retiredAt: v.nullable(time),
}
export const ClusterSummary = v.object(clusterSummary)

export const ClusterDetail = v.object({
  ...clusterSummary,
  variables: v.record(text, v.union([text, v.number(), v.boolean()])),
  assignment: v.nullable(
    v.object({
      generation: whole,
      commit: text,
      issuedAt: time,
      offeredAt: v.nullable(time),
      acceptedAt: v.nullable(time),
    }),
  ),
  refusal: v.nullable(v.object({ generation: whole, problem: v.nullable(ProblemSchema) })),
  agent: v.nullable(v.object({ enrolledAt: time, revokedAt: v.nullable(time) })),
  counts: v.nullable(v.object({ apps: count, objects: count, drifted: count, unsent: count })),
  placements: list(Placement),
})

const appSummary = {
  name: text,
  description: text,
  status: OverallStatus,
  dependsOn: list(text),
  clusters: AppCounts,
  drift: OpenDrift,
}
export const AppSummary = v.object(appSummary)

export const SourceProblem = v.pipe(
  v.object({
    code: text,
    message: text,
    file: v.exactOptional(text),
    line: v.exactOptional(whole),
    column: v.exactOptional(whole),
    app: v.exactOptional(text),
    environment: v.exactOptional(text),
  }),
  v.description('What is wrong in a fleet repository, and where; lines and columns count from 1'),
)

export const AppEnvironment = v.object({
  name: text,
  release: v.nullable(text),
  variants: v.pipe(v.record(text, text), v.description('Releases of overlays for some clusters')),
  commit: v.nullable(text),
  problems: list(SourceProblem),
  clusters: AppCounts,
})

export const PlacementPage = pageOf(Placement)
export const AppDetail = v.object({
  ...appSummary,
  spec: v.record(text, v.unknown()),
  environments: list(AppEnvironment),
  placements: PlacementPage,
})

export const Drift = v.object({
  id: whole,
  cluster: text,
  environment: text,
  app: text,
  object: ObjectRefSchema,
  change: v.picklist(['modified', 'deleted']),
  state: DriftState,
  fields: list(DriftFieldSchema),
  fieldCount: count,
  manager: v.pipe(v.nullable(text), v.description('The field manager that wrote last')),
  managerAt: v.nullable(time),
  fight: v.pipe(v.boolean(), v.description('Somebody keeps writing against the fleet')),
  detectedAt: time,
  endedAt: v.nullable(time),
})

export const Commit = v.object({
  id: text,
  status: commitStatus,
  author: v.object({ name: text, email: text }),
  message: text,
  authoredAt: time,
  receivedAt: time,
  problems: list(SourceProblem),
})

export const FleetEvent = v.object({
  id: v.pipe(text, v.description('Orders events; what Last-Event-ID takes')),
  at: time,
  type: text,
  environment: v.nullable(text),
  cluster: v.nullable(text),
  app: v.nullable(text),
  commit: v.nullable(text),
  message: text,
  data: v.record(text, v.unknown()),
})

export const EnrolmentToken = v.object({ token: text, expiresAt: time })

export const ClusterPage = pageOf(ClusterSummary)
export const AppPage = pageOf(AppSummary)
export const DriftPage = pageOf(Drift)
export const CommitPage = pageOf(Commit)
export const EventPage = pageOf(FleetEvent)
