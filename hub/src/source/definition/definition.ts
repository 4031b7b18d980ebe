import type {
  AppName,
  AppPolicy,
  ClusterName,
  CommitId,
  EnvironmentName,
  ErrorCode,
  Variable,
} from '@roadstead/proto'
import type { FleetProblem } from '../problem.ts'
import type { DeletionApprovalEntry, LabelSelector } from './schemas.ts'

/** A fleet repository that holds together: every name in it means something, nothing runs in a circle. */
export interface FleetDefinition {
  readonly name: string
  /** In the order of promotion: an environment comes after all it names. */
  readonly environments: readonly Environment[]
  /** By name, in alphabetical order; so are the apps. */
  readonly clusters: ReadonlyMap<ClusterName, Cluster>
  readonly apps: ReadonlyMap<AppName, App>
  readonly deletionApprovals: readonly DeletionApprovalEntry[]
}

export interface Environment {
  readonly name: EnvironmentName
  readonly after: readonly EnvironmentName[]
}

export interface Cluster {
  readonly name: ClusterName
  readonly file: string
  readonly environment: EnvironmentName
  readonly labels: Readonly<Record<string, string>>
  readonly variables: Readonly<Record<string, Variable>>
  readonly allowEmpty: boolean
}

export interface App {
  readonly name: AppName
  /** `apps/<app>` */
  readonly directory: string
  readonly file: string
  readonly description: string
  /** The `spec` as it was written. */
  readonly spec: Readonly<Record<string, unknown>>
  readonly clusters: LabelSelector
  readonly dependsOn: readonly AppName[]
  /** The app's own words over the fleet's defaults over the built-in ones. */
  readonly policy: AppPolicy
  /** One for every environment the app runs in, in the order of promotion. */
  readonly overlays: ReadonlyMap<EnvironmentName, Overlay>
  /** A problem at a field of `app.yaml`. */
  problem(code: ErrorCode, message: string, field: readonly (string | number)[]): FleetProblem
}

export interface Overlay {
  readonly environment: EnvironmentName
  /** `apps/<app>/overlays/<environment>` */
  readonly directory: string
  /** The commit that `../../base` is read from; absent where it floats with the head. */
  readonly pin?: CommitId
  /** Paths in the overlay that are about it and no part of what is built. */
  readonly controls: readonly string[]
  readonly variants: readonly Variant[]
}

/** A further overlay for some clusters of an environment. */
export interface Variant {
  readonly name: string
  readonly directory: string
  /** Absent: for the one cluster that has the variant's name. */
  readonly clusters?: LabelSelector
}
