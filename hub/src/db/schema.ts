import type {
  AppName,
  AppPhase,
  AppReport,
  ClusterName,
  CommitId,
  Digest,
  DriftField,
  DriftReport,
  EnvironmentName,
  HealthStatus,
  Heartbeat,
  Problem,
  Variable,
} from '@roadstead/proto'
import type { ColumnType, Generated, JSONColumnType } from 'kysely'

/** The tables as `migrations/` makes them. `bigint` columns are read as numbers (see `database.ts`). */
export interface Tables {
  commits: CommitTable
  fleet: FleetTable
  environments: EnvironmentTable
  clusters: ClusterTable
  apps: AppTable
  app_environments: AppEnvironmentTable
  releases: ReleaseTable
  placements: PlacementTable
  assignments: AssignmentTable
  outbox: OutboxTable
  enrolment_tokens: EnrolmentTokenTable
  agents: AgentTable
  revoked_keys: RevokedKeyTable
  cluster_status: ClusterStatusTable
  app_status: AppStatusTable
  drift: DriftTable
  events: EventTable
}

/** What is wrong in a fleet repository, and where. Line and column count from 1. */
export interface SourceProblem {
  readonly code: string
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly app?: string
  readonly environment?: string
}

type Time = ColumnType<Date, Date | string, Date | string>
type NullableTime = ColumnType<Date | null, Date | string | null, Date | string | null>
type Defaulted<T> = ColumnType<T, T | undefined, T>
type DefaultedTime = ColumnType<Date, Date | string | undefined, Date | string>
/** `jsonb`: read as a value, written as JSON text. */
type Json<T extends object> = JSONColumnType<T>
type NullableJson<T extends object> = ColumnType<T | null, string | null, string | null>
type DefaultedJson<T extends object> = ColumnType<T, string | undefined, string>

export type CommitStatus = 'in-force' | 'superseded' | 'invalid' | 'rejected'

export interface CommitTable {
  id: CommitId
  ordinal: Generated<number>
  author_name: string
  author_email: string
  message: string
  authored_at: Time
  received_at: DefaultedTime
  /** `rejected`: refused at the push, never part of a branch. `invalid`: came with a remote's branch. */
  status: CommitStatus
  problems: DefaultedJson<SourceProblem[]>
  traceparent: string | null
}

export interface FleetTable {
  singleton: Generated<boolean>
  name: string
  head: CommitId
  in_force: CommitId | null
  updated_at: DefaultedTime
}

export interface EnvironmentTable {
  name: EnvironmentName
  position: number
  after: EnvironmentName[]
}

export interface ClusterTable {
  name: ClusterName
  environment: EnvironmentName
  labels: Json<Record<string, string>>
  variables: Json<Record<string, Variable>>
  allow_empty: boolean
  /** Left the fleet repository; keeps what it runs until it is decommissioned there. */
  retired_at: NullableTime
}

export interface AppTable {
  name: AppName
  description: string
  spec: Json<Record<string, unknown>>
}

export interface AppEnvironmentTable {
  app: AppName
  environment: EnvironmentName
  /** Null until it rendered for the first time. */
  release: Digest | null
  /** The releases of overlays for some clusters, by the overlay's name. */
  variants: DefaultedJson<Record<string, Digest>>
  /** The commit that brought this release. */
  commit: CommitId
  /** Names everything that went into the rendering; the same key renders nothing again. */
  source_key: string
  /** Not empty: the newest commit does not render, and `release` is the last one that did. */
  problems: DefaultedJson<SourceProblem[]>
}

export interface ReleaseTable {
  digest: Digest
  bytes: number
  objects: number
  compressed: Buffer
  created_at: DefaultedTime
}

export interface PlacementTable {
  cluster: ClusterName
  app: AppName
  release: Digest
  /** The generation since which this app's part of the assignment is unchanged. */
  since: number
}

export interface AssignmentTable {
  cluster: ClusterName
  generation: number
  content_digest: Digest
  commit: CommitId
  sealed: Buffer
  issued_at: Time
  /** Null until the broker acknowledged this generation. */
  published_at: NullableTime
  traceparent: string | null
}

export interface OutboxTable {
  id: Generated<number>
  kind: 'release' | 'assignment'
  /** A digest or a cluster: the row says what to publish, the content is read when it is. */
  key: string
  created_at: DefaultedTime
}

export interface EnrolmentTokenTable {
  /** SHA-256 of the token, hexadecimal; the token itself is shown once and kept nowhere. */
  hash: string
  cluster: ClusterName
  created_at: DefaultedTime
  expires_at: Time
  used_at: NullableTime
}

export interface AgentTable {
  cluster: ClusterName
  public_key: string
  issued_at: DefaultedTime
  revoked_at: NullableTime
}

/** Keys whose credentials are void for ever; the broker is told all of them. */
export interface RevokedKeyTable {
  public_key: string
  cluster: ClusterName
  revoked_at: DefaultedTime
}

export interface ClusterStatusTable {
  cluster: ClusterName
  /** With `seq`: the report that `refused_generation` and `refusal` come from. */
  boot: Defaulted<number>
  seq: Defaulted<number>
  /** By the hub's clock. */
  last_seen_at: NullableTime
  /** The last verdict of the silence sweep, kept so that a change of it is one event. */
  silent: Defaulted<boolean>
  agent_version: string | null
  kubernetes_version: string | null
  counts: NullableJson<Heartbeat['counts']>
  accepted_generation: number | null
  accepted_at: NullableTime
  refused_generation: number | null
  refusal: NullableJson<Problem>
  /** The agent's digest, once it was found equal to that of the rows here; null after they changed. */
  state_digest: string | null
}

export interface AppStatusTable {
  cluster: ClusterName
  app: AppName
  boot: number
  seq: number
  phase: AppPhase
  release: Digest | null
  accepted_generation: number | null
  accepted_at: NullableTime
  applied_generation: number | null
  applied_at: NullableTime
  healthy_generation: number | null
  healthy_at: NullableTime
  health: HealthStatus
  reason: string | null
  objects: Json<AppReport['objects']>
  drifted: number
  problems: Json<Problem[]>
  problem_count: number
  reported_at: Time
  received_at: DefaultedTime
}

export interface DriftTable {
  id: Generated<number>
  cluster: ClusterName
  app: AppName
  api_group: string
  kind: string
  namespace: string
  name: string
  boot: number
  seq: number
  change: DriftReport['change']
  state: DriftReport['state']
  fields: Json<DriftField[]>
  field_count: number
  manager: string | null
  manager_at: NullableTime
  fight: boolean
  detected_at: Time
  ended_at: NullableTime
  received_at: DefaultedTime
}

export interface EventTable {
  id: Generated<number>
  xid: Generated<string>
  at: DefaultedTime
  type: string
  environment: EnvironmentName | null
  cluster: ClusterName | null
  app: AppName | null
  commit: CommitId | null
  message: string
  data: DefaultedJson<Record<string, unknown>>
}
