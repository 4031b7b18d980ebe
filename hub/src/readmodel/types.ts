import type {
  AppPhase,
  DriftField,
  DriftReport,
  HealthStatus,
  ObjectRef,
  Problem,
  Variable,
} from '@roadstead/proto'
import type { CommitStatus, SourceProblem } from '../db/index.ts'

/** What the read model answers. Times are RFC 3339 in UTC; a fact that is not there is null. */

/**
 * How one app is on one cluster, by comparing what is wanted with what was reported:
 * `pending` (the agent has not accepted it), `progressing`, `healthy`, `degraded`, `failed` (could not be
 * applied), `removing` (no longer wanted, not gone yet), `silent` (the cluster is; what it said last may
 * be over).
 */
export const appStatuses = [
  'healthy',
  'progressing',
  'pending',
  'degraded',
  'failed',
  'removing',
  'silent',
] as const
export type AppStatus = (typeof appStatuses)[number]

/** A cluster is what the worst of its apps is; `pending` was never heard; `silent` beats all. */
export const clusterStatuses = ['healthy', 'progressing', 'pending', 'degraded', 'failed', 'silent'] as const
export type ClusterStatus = (typeof clusterStatuses)[number]

/** An app over its clusters: the worst; `unplaced` runs nowhere. */
export const overallStatuses = ['healthy', 'progressing', 'degraded', 'failed', 'silent', 'unplaced'] as const
export type OverallStatus = (typeof overallStatuses)[number]

export type AppCounts = { readonly total: number } & { readonly [Status in AppStatus]: number }
export type ClusterCounts = { readonly total: number } & { readonly [Status in ClusterStatus]: number }

export interface FleetHealth {
  readonly commit: {
    /** What the fleet should be at. */
    readonly inForce: string | null
    readonly head: string | null
    readonly headStatus: CommitStatus | null
  }
  readonly clusters: ClusterCounts
  /** Apps on clusters: an app on twelve clusters counts twelve times. */
  readonly apps: AppCounts
  readonly environments: readonly EnvironmentHealth[]
  readonly drift: { readonly open: number }
  readonly updatedAt: string
}

export interface EnvironmentHealth {
  readonly name: string
  readonly clusters: ClusterCounts
  readonly apps: AppCounts
  /** Clusters that are heard and have applied all that they should run, healthy or not. */
  readonly current: number
  /** Apps whose newest commit does not render, so that they stay at an earlier release. */
  readonly heldApps: number
  readonly drift: { readonly open: number }
}

export interface ClusterSummary {
  readonly name: string
  readonly environment: string
  readonly labels: Readonly<Record<string, string>>
  readonly status: ClusterStatus
  readonly silent: boolean
  /** By the hub's clock; null: never. */
  readonly lastSeenAt: string | null
  readonly generation: {
    readonly assigned: number | null
    /** What the broker holds for it. */
    readonly offered: number | null
    readonly accepted: number | null
  }
  /** The commit that its newest assignment was made from. */
  readonly commit: string | null
  readonly apps: AppCounts
  readonly drift: { readonly open: number }
  readonly agentVersion: string | null
  readonly kubernetesVersion: string | null
  /** Since when it is no longer in the fleet repository. */
  readonly retiredAt: string | null
}

export interface ClusterDetail extends ClusterSummary {
  readonly variables: Readonly<Record<string, Variable>>
  readonly assignment: {
    readonly generation: number
    readonly commit: string
    readonly issuedAt: string
    readonly offeredAt: string | null
    readonly acceptedAt: string | null
  } | null
  /** The newest refusal of an assignment, while the refused one is the newest. */
  readonly refusal: { readonly generation: number; readonly problem: Problem | null } | null
  readonly agent: {
    readonly enrolledAt: string
    readonly revokedAt: string | null
  } | null
  readonly counts: {
    readonly apps: number
    readonly objects: number
    readonly drifted: number
    /** Reports that the agent could not send yet. */
    readonly unsent: number
  } | null
  readonly placements: readonly Placement[]
}

export interface Milestone {
  readonly generation: number
  readonly at: string
  /** Whether it was reached with what is wanted now; otherwise with something older. */
  readonly current: boolean
}

/** One app on one cluster. */
export interface Placement {
  readonly cluster: string
  readonly app: string
  readonly environment: string
  readonly status: AppStatus
  /** The wanted release is applied, as far as was heard. */
  readonly current: boolean
  readonly release: { readonly wanted: string | null; readonly reported: string | null }
  /** The generation since which it is wanted like this. */
  readonly since: number | null
  /** Four different facts; none stands for another. `offered` is by the hub's clock, the others by the agent's. */
  readonly milestones: {
    readonly offered: Milestone | null
    readonly accepted: Milestone | null
    readonly applied: Milestone | null
    readonly healthy: Milestone | null
  }
  /** What the agent said last, whatever it was about. */
  readonly phase: AppPhase | null
  readonly health: HealthStatus | null
  readonly reason: string | null
  readonly objects: {
    readonly total: number
    readonly applied: number
    readonly failed: number
    readonly healthy: number
    readonly drifted: number
    readonly retained: number
  } | null
  readonly problems: readonly Problem[]
  readonly problemCount: number
  readonly reportedAt: string | null
}

export interface AppSummary {
  readonly name: string
  readonly description: string
  readonly status: OverallStatus
  readonly dependsOn: readonly string[]
  readonly clusters: AppCounts
  readonly drift: { readonly open: number }
}

export interface AppDetail extends AppSummary {
  readonly spec: Readonly<Record<string, unknown>>
  readonly environments: readonly AppEnvironment[]
  readonly placements: Page<Placement>
}

export interface AppEnvironment {
  readonly name: string
  /** Null until it rendered for the first time. */
  readonly release: string | null
  /** The releases of overlays for some clusters, by the overlay's name. */
  readonly variants: Readonly<Record<string, string>>
  /** The commit that brought this release. */
  readonly commit: string | null
  /** Not empty: the newest commit does not render, and the release stays what it is. */
  readonly problems: readonly SourceProblem[]
  readonly clusters: AppCounts
}

export interface Drift {
  readonly id: number
  readonly cluster: string
  readonly environment: string
  readonly app: string
  readonly object: ObjectRef
  readonly change: DriftReport['change']
  readonly state: DriftReport['state']
  readonly fields: readonly DriftField[]
  readonly fieldCount: number
  readonly manager: string | null
  readonly managerAt: string | null
  readonly fight: boolean
  readonly detectedAt: string
  readonly endedAt: string | null
}

export interface Commit {
  readonly id: string
  readonly status: CommitStatus
  readonly author: { readonly name: string; readonly email: string }
  readonly message: string
  readonly authoredAt: string
  readonly receivedAt: string
  readonly problems: readonly SourceProblem[]
}

export interface FleetEvent {
  /** Orders events; what `Last-Event-ID` takes. */
  readonly id: string
  readonly at: string
  readonly type: string
  readonly environment: string | null
  readonly cluster: string | null
  readonly app: string | null
  readonly commit: string | null
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Opaque; asks for what follows. Absent at the end. */
  readonly nextCursor?: string
}

export interface PageRequest {
  readonly limit: number
  readonly cursor?: string | undefined
}
