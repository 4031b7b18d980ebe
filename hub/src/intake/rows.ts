import type {
  AppName,
  ClusterName,
  CommitId,
  Digest,
  EnvironmentName,
  HealthStatus,
  ObjectRef,
  Problem,
} from '@roadstead/proto'
import type { AppStatusTable, DriftTable } from '../db/index.ts'

/** What is read before a batch is projected, and what is written after: no more than that needs. */

export interface StoredCluster {
  readonly environment: EnvironmentName
  readonly acceptedGeneration: number
  readonly refusal: (Order & { readonly generation: number; readonly code: string }) | undefined
}

export interface StoredApp extends Order {
  readonly phase: string
  readonly health: HealthStatus
  readonly appliedGeneration: number
  readonly healthyGeneration: number
  readonly problemCount: number
}

export interface StoredDrift extends Order {
  readonly state: string
  readonly fight: boolean
}

/** What the tables hold of what a batch is about. Keys are made by `appKey`, `driftKey`, `releaseKey`. */
export interface Stored {
  /** Clusters that exist; others are unknown. */
  readonly clusters: ReadonlyMap<ClusterName, StoredCluster>
  /** Apps that the fleet repository has. One that it lost is still known to the clusters that report it. */
  readonly fleetApps: ReadonlySet<AppName>
  readonly apps: ReadonlyMap<string, StoredApp>
  readonly drifts: ReadonlyMap<string, StoredDrift>
  /** The commit that brought a release to an environment, as far as that is its present one. */
  readonly commits: ReadonlyMap<string, CommitId>
}

export const nothingStored: Stored = {
  clusters: new Map(),
  fleetApps: new Set(),
  apps: new Map(),
  drifts: new Map(),
  commits: new Map(),
}

/** Orders the reports of one cluster for ever: a later boot, or a later report of the same boot, is newer. */
export interface Order {
  readonly boot: number
  readonly seq: number
}

export const isNewer = (a: Order, b: Order): boolean =>
  a.boot > b.boot || (a.boot === b.boot && a.seq > b.seq)

export const appKey = (cluster: string, app: string): string => `${cluster}/${app}`

export const driftKey = (cluster: string, app: string, object: ObjectRef, detectedAt: string): string =>
  JSON.stringify([cluster, app, object.group, object.kind, object.namespace, object.name, detectedAt])

export const releaseKey = (app: string, environment: string, release: string): string =>
  `${app}/${environment}/${release}`

/** Rows carry their columns' names, for they are written by one statement from one JSON text. */
export interface AcceptanceRow {
  readonly cluster: ClusterName
  readonly accepted_generation: number
  readonly accepted_at: string
}

export interface RefusalRow extends Order {
  readonly cluster: ClusterName
  readonly refused_generation: number
  readonly refusal: Problem | null
}

type Times = 'accepted_at' | 'applied_at' | 'healthy_at' | 'reported_at'
export type AppRow = {
  readonly [Column in Exclude<
    keyof AppStatusTable,
    'received_at' | 'objects' | 'problems' | 'release' | Times
  >]: AppStatusTable[Column]
} & { readonly [Column in Exclude<Times, 'reported_at'>]: string | null } & {
  readonly reported_at: string
  readonly release: Digest | null
  readonly objects: unknown
  readonly problems: readonly Problem[]
}

export type DriftRow = {
  readonly [Column in Exclude<
    keyof DriftTable,
    'id' | 'received_at' | 'fields' | 'detected_at' | 'ended_at' | 'manager_at'
  >]: DriftTable[Column]
} & {
  readonly fields: readonly unknown[]
  readonly detected_at: string
  readonly ended_at: string | null
  readonly manager_at: string | null
}
