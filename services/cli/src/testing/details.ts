import type {
  AppDetail,
  AppSummary,
  ClusterDetail,
  ClusterSummary,
  Commit,
  Drift,
  FleetEvent,
  Placement,
} from '../api/resources.ts'
import { appCounts, inForce, newer } from './fleet.ts'

/** Answers as a hub gives them for the sample fleet, one of each kind of trouble among them. */

const summary = {
  labels: { region: 'eu-west', tier: 'core' },
  silent: false,
  lastSeenAt: '2026-11-20T11:59:57.000Z',
  generation: { assigned: 12, offered: 12, accepted: 12 },
  commit: inForce,
  apps: appCounts({ total: 5, healthy: 5 }),
  drift: { open: 0 },
  agentVersion: '0.1.0',
  kubernetesVersion: 'v1.34.2',
  retiredAt: null,
}

export const clusters: ClusterSummary[] = [
  { ...summary, name: 'dev-core-1', environment: 'dev', status: 'healthy' },
  {
    ...summary,
    name: 'staging-edge-1',
    environment: 'staging',
    status: 'silent',
    silent: true,
    lastSeenAt: '2026-11-20T11:20:00.000Z',
    generation: { assigned: 12, offered: 12, accepted: 11 },
    apps: appCounts({ total: 6, silent: 6 }),
  },
  {
    ...summary,
    name: 'prod-eu-west-1',
    environment: 'prod',
    status: 'degraded',
    apps: appCounts({ total: 5, healthy: 4, degraded: 1 }),
    drift: { open: 2 },
  },
  {
    ...summary,
    name: 'prod-a-cluster-with-a-name-as-long-as-a-label-may-be-in-kubernetes',
    environment: 'prod',
    status: 'pending',
    lastSeenAt: null,
    generation: { assigned: 1, offered: null, accepted: null },
    apps: appCounts({ total: 5, pending: 5 }),
  },
]

const reached = (at: string) => ({ generation: 12, at, current: true })

const healthyPlacement: Placement = {
  app: 'catalog-db',
  cluster: 'prod-eu-west-1',
  environment: 'prod',
  status: 'healthy',
  current: true,
  release: { wanted: null, reported: null },
  since: 12,
  milestones: {
    offered: reached('2026-11-20T11:50:00.000Z'),
    accepted: reached('2026-11-20T11:50:00.000Z'),
    applied: reached('2026-11-20T11:50:01.000Z'),
    healthy: reached('2026-11-20T11:50:30.000Z'),
  },
  phase: 'applied',
  health: 'Healthy',
  reason: null,
  objects: { total: 6, applied: 6, failed: 0, healthy: 6, drifted: 0, retained: 0 },
  problems: [],
  problemCount: 0,
  reportedAt: '2026-11-20T11:50:30.000Z',
}

const deployment = { group: 'apps', kind: 'Deployment', namespace: 'catalog-api', name: 'catalog-api' }

const failedPlacement: Placement = {
  ...healthyPlacement,
  app: 'catalog-api',
  status: 'degraded',
  milestones: { ...healthyPlacement.milestones, applied: null, healthy: null },
  phase: 'failed',
  health: 'Degraded',
  reason: 'Deployment catalog-api/catalog-api: 0 of 3 pods are ready',
  objects: { total: 7, applied: 6, failed: 1, healthy: 5, drifted: 2, retained: 0 },
  problems: [
    {
      object: deployment,
      code: 'object-invalid',
      message: 'spec.template.spec.containers[0].image: Required value',
    },
  ],
  problemCount: 4,
}

export const cluster: ClusterDetail = {
  ...clusters[2]!,
  variables: { domain: 'tidewater.example', replicas: 4, storage: '50Gi' },
  assignment: null,
  refusal: null,
  agent: null,
  counts: { apps: 5, objects: 30, drifted: 2, unsent: 0 },
  placements: [failedPlacement, healthyPlacement],
}

/** What a cluster says of an assignment it does not take. */
export const refusingCluster: ClusterDetail = {
  ...cluster,
  refusal: { generation: 13, problem: { code: 'bad-signature', message: 'the seal is of an unknown key' } },
  counts: { apps: 5, objects: 30, drifted: 0, unsent: 7 },
  placements: [],
}

export const apps: AppSummary[] = [
  {
    name: 'catalog-api',
    description: 'The catalogue over HTTP (PostgREST)',
    status: 'degraded',
    dependsOn: ['catalog-db'],
    clusters: appCounts({ total: 12, healthy: 11, degraded: 1 }),
    drift: { open: 2 },
  },
  {
    name: 'edge-cache',
    description: 'A cache in front of the storefront, close to the customers',
    status: 'healthy',
    dependsOn: [],
    clusters: appCounts({ total: 4, healthy: 4 }),
    drift: { open: 0 },
  },
]

const release = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
const otherRelease = release.replace('0123', 'feed')
const prodCounts = appCounts({ total: 7, healthy: 6, degraded: 1 })
const heldBack = {
  code: 'render-failed',
  message: 'no resource matches the patch',
  file: 'apps/catalog-api/overlays/prod/kustomization.yaml',
  line: 10,
  column: 5,
}

export const app: AppDetail = {
  ...apps[0]!,
  spec: {},
  environments: [
    {
      name: 'dev',
      release,
      variants: {},
      commit: inForce,
      problems: [],
      clusters: appCounts({ total: 2, healthy: 2 }),
    },
    {
      name: 'prod',
      release,
      variants: { edge: otherRelease },
      commit: inForce,
      problems: [heldBack],
      clusters: prodCounts,
    },
  ],
  placements: { items: [failedPlacement], nextCursor: 'after-1' },
}

export const appOnTheNextPage: AppDetail = {
  ...app,
  placements: { items: [{ ...healthyPlacement, app: 'catalog-api', cluster: 'prod-us-east-1' }] },
}

export const drift: Drift[] = [
  {
    id: 2,
    cluster: 'prod-eu-west-1',
    environment: 'prod',
    app: 'catalog-api',
    object: deployment,
    change: 'modified',
    state: 'open',
    fields: [
      {
        path: '/spec/template/spec/containers/0/image',
        desired: '"postgrest/postgrest:v12.2.3"',
        live: '"nginx"',
      },
      { path: '/metadata/labels/team', live: '"web"' },
    ],
    fieldCount: 7,
    manager: 'kubectl-edit',
    managerAt: '2026-11-20T11:57:00.000Z',
    fight: false,
    detectedAt: '2026-11-20T11:57:00.000Z',
    endedAt: null,
  },
  {
    id: 1,
    cluster: 'prod-us-east-1',
    environment: 'prod',
    app: 'catalog-api',
    object: { ...deployment, group: '', kind: 'Service' },
    change: 'deleted',
    state: 'open',
    fields: [],
    fieldCount: 0,
    manager: 'some-operator',
    managerAt: null,
    fight: true,
    detectedAt: '2026-11-20T11:59:30.000Z',
    endedAt: null,
  },
]

/** The latest first, as the API lists them. */
export const events: FleetEvent[] = [
  {
    id: '7-42',
    at: '2026-11-20T11:59:30.000Z',
    type: 'app.degraded',
    environment: 'prod',
    cluster: 'prod-eu-west-1',
    app: 'catalog-api',
    commit: null,
    message: '0 of 3 pods are ready',
    data: {},
  },
  {
    id: '7-41',
    at: '2026-11-20T11:50:00.000Z',
    type: 'commit.in-force',
    environment: null,
    cluster: null,
    app: null,
    commit: inForce,
    message: 'Start the fleet',
    data: {},
  },
]

export const commits: Commit[] = [
  {
    id: newer,
    status: 'rejected',
    author: { name: 'Ada Reyes', email: 'ada@tidewater.example' },
    message: 'Give the storefront more room\n\nIt runs out of memory at night.\n',
    authoredAt: '2026-11-20T11:50:00.000Z',
    receivedAt: '2026-11-20T11:51:00.000Z',
    problems: [
      {
        code: 'invalid-field',
        message: 'unknown field "dependOn"; did you mean "dependsOn"?',
        file: 'apps/storefront/app.yaml',
        line: 8,
        column: 3,
      },
    ],
  },
  {
    id: inForce,
    status: 'in-force',
    author: { name: 'Ben Okafor', email: 'ben@tidewater.example' },
    message: 'Start the fleet',
    authoredAt: '2026-11-18T11:50:00.000Z',
    receivedAt: '2026-11-18T11:51:00.000Z',
    problems: [],
  },
]
