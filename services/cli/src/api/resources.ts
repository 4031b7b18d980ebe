/**
 * What the REST API answers: the hub's own types, which cost nothing to import. JSON and YAML output print
 * all there is, also what these types do not know yet.
 */
export type {
  AppDetail,
  AppSummary,
  ClusterDetail,
  ClusterSummary,
  Commit,
  Drift,
  EnvironmentHealth,
  FleetEvent,
  FleetHealth,
  Page,
  Placement,
} from '@roadstead/hub/readmodel'

/** Numbers by state, with `total`: `{total: 7, healthy: 5, silent: 2}`. */
export type Counts = Readonly<Record<string, number>> & { readonly total: number }

export interface EnrolmentToken {
  readonly token: string
  readonly expiresAt: string
}
