import type { AppPhase, DriftField, HealthStatus, ObjectRef, Problem } from '@roadstead/proto'

/** What the REST API answers, as far as the CLI shows it. JSON and YAML output print all there is. */

/** Numbers by state, with `total`: `{total: 7, healthy: 5, silent: 2}`. */
export type Counts = Readonly<Record<string, number>> & { readonly total: number }

export type CommitStatus = 'in-force' | 'superseded' | 'invalid' | 'rejected'

export interface FleetHealth {
  readonly commit: {
    readonly inForce: string | null
    readonly head: string | null
    readonly headStatus: CommitStatus | null
  }
  readonly clusters: Counts
  readonly apps: Counts
  readonly environments: readonly EnvironmentHealth[]
  readonly drift: { readonly open: number }
  readonly updatedAt: string
}

export interface EnvironmentHealth {
  readonly name: string
  readonly clusters: Counts
  readonly apps: Counts
  /** Clusters that run, healthy, what the commit in force gives them. */
  readonly current: number
}

/** One cluster in a list. `health` is `Silent` whenever it was not heard for too long. */
export interface ClusterSummary {
  readonly name: string
  readonly environment: string
  readonly labels: Readonly<Record<string, string>>
  readonly health: string
  readonly silent: boolean
  readonly lastSeenAt: string | null
  readonly generation: { readonly assigned: number | null; readonly accepted: number | null }
  readonly commit: string | null
  readonly apps: Counts
  readonly drift: { readonly open: number }
}

export interface ClusterDetail extends ClusterSummary {
  readonly variables: Readonly<Record<string, string | number | boolean>>
  readonly agentVersion: string | null
  readonly kubernetesVersion: string | null
  readonly refusal: Problem | null
  readonly status: readonly Placement[]
}

/** One app on one cluster. */
export interface Placement {
  readonly app: string
  readonly cluster: string
  readonly environment: string
  readonly phase: AppPhase | null
  readonly health: HealthStatus
  readonly reason: string | null
  readonly current: boolean
  readonly objects: { readonly total: number; readonly healthy: number; readonly drifted: number } | null
  readonly problems: readonly Problem[]
}

export interface AppSummary {
  readonly name: string
  readonly description: string
  readonly health: string
  readonly dependsOn: readonly string[]
  readonly clusters: Counts
  readonly drift: { readonly open: number }
}

export interface AppDetail extends AppSummary {
  readonly environments: readonly {
    readonly name: string
    readonly release: string | null
    readonly commit: string | null
    readonly problems: readonly SourceProblem[]
    readonly clusters: Counts
  }[]
  readonly status: readonly Placement[]
}

export interface Drift {
  readonly id: number | string
  readonly cluster: string
  readonly app: string
  readonly object: ObjectRef
  readonly change: 'modified' | 'deleted'
  readonly state: 'open' | 'corrected' | 'resolved'
  readonly fields: readonly DriftField[]
  readonly fieldCount: number
  readonly manager: string | null
  readonly fight: boolean
  readonly detectedAt: string
  readonly endedAt: string | null
}

export interface FleetEvent {
  readonly id: string | number
  readonly at: string
  readonly type: string
  readonly environment: string | null
  readonly cluster: string | null
  readonly app: string | null
  readonly commit: string | null
  readonly message: string
}

/** What is wrong in a fleet repository, and where. Line and column count from 1. */
export interface SourceProblem {
  readonly code: string
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
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

export interface EnrolmentToken {
  readonly token: string
  readonly expiresAt: string
}
