import type {
  AppDetail,
  AppSummary,
  ClusterDetail,
  ClusterSummary,
  Commit,
  Counts,
  Drift,
  FleetEvent,
  FleetHealth,
  Placement,
} from '../api/resources.ts'

export const inForce = 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334'
export const newer = 'ffee00112233445566778899aabbccddeeff0011'

const healthy = (total: number): Counts => ({ total, healthy: total })

/** The sample fleet with everything well. */
export const settledHealth: FleetHealth = {
  commit: { inForce, head: inForce, headStatus: 'in-force' },
  clusters: healthy(12),
  apps: healthy(6),
  environments: [
    { name: 'dev', clusters: healthy(2), apps: healthy(6), current: 2 },
    { name: 'staging', clusters: healthy(3), apps: healthy(6), current: 3 },
    { name: 'prod', clusters: healthy(7), apps: healthy(6), current: 7 },
  ],
  drift: { open: 0 },
  updatedAt: '2026-11-20T11:59:58.000Z',
}

/** The same fleet with one cluster silent and one app degraded in production. */
export const troubledHealth: FleetHealth = {
  ...settledHealth,
  clusters: { total: 12, healthy: 9, progressing: 1, degraded: 1, silent: 1 },
  apps: { total: 6, healthy: 4, degraded: 1, progressing: 1 },
  environments: [
    settledHealth.environments[0]!,
    { name: 'staging', clusters: { total: 3, healthy: 2, silent: 1 }, apps: healthy(6), current: 2 },
    {
      name: 'prod',
      clusters: { total: 7, healthy: 5, progressing: 1, degraded: 1 },
      apps: { total: 6, healthy: 5, degraded: 1 },
      current: 4,
    },
  ],
  drift: { open: 2 },
}

const summary = {
  labels: { region: 'eu-west', tier: 'core' },
  silent: false,
  lastSeenAt: '2026-11-20T11:59:57.000Z',
  generation: { assigned: 12, accepted: 12 },
  commit: inForce,
  apps: { total: 5, healthy: 5 },
  drift: { open: 0 },
}

export const clusters: ClusterSummary[] = [
  { ...summary, name: 'dev-core-1', environment: 'dev', health: 'Healthy' },
  {
    ...summary,
    name: 'staging-edge-1',
    environment: 'staging',
    health: 'Silent',
    silent: true,
    lastSeenAt: '2026-11-20T11:20:00.000Z',
    generation: { assigned: 12, accepted: 11 },
  },
  {
    ...summary,
    name: 'prod-eu-west-1',
    environment: 'prod',
    health: 'Degraded',
    apps: { total: 5, healthy: 4, degraded: 1 },
    drift: { open: 2 },
  },
  {
    ...summary,
    name: 'prod-a-cluster-with-a-name-as-long-as-a-label-may-be-in-kubernetes',
    environment: 'prod',
    health: 'Unknown',
    lastSeenAt: null,
    generation: { assigned: 1, accepted: null },
    apps: { total: 5, healthy: 0, unknown: 5 },
  },
]

const wellPlaced: Placement = {
  app: 'catalog-db',
  cluster: 'prod-eu-west-1',
  environment: 'prod',
  phase: 'applied',
  health: 'Healthy',
  reason: null,
  current: true,
  objects: { total: 6, healthy: 6, drifted: 0 },
  problems: [],
}

const badlyPlaced: Placement = {
  ...wellPlaced,
  app: 'catalog-api',
  phase: 'failed',
  health: 'Degraded',
  reason: 'Deployment catalog-api/catalog-api: 0 of 3 pods are ready',
  current: false,
  objects: { total: 7, healthy: 5, drifted: 2 },
  problems: [
    {
      object: { group: 'apps', kind: 'Deployment', namespace: 'catalog-api', name: 'catalog-api' },
      code: 'object-invalid',
      message: 'spec.template.spec.containers[0].image: Required value',
    },
  ],
}

export const cluster: ClusterDetail = {
  ...clusters[2]!,
  variables: { domain: 'tidewater.example', replicas: 4, storage: '50Gi' },
  agentVersion: '0.1.0',
  kubernetesVersion: 'v1.34.2',
  refusal: null,
  status: [badlyPlaced, wellPlaced],
}

export const apps: AppSummary[] = [
  {
    name: 'catalog-api',
    description: 'The catalogue over HTTP (PostgREST)',
    health: 'Degraded',
    dependsOn: ['catalog-db'],
    clusters: { total: 12, healthy: 11, degraded: 1 },
    drift: { open: 2 },
  },
  {
    name: 'edge-cache',
    description: 'A cache in front of the storefront, close to the customers',
    health: 'Healthy',
    dependsOn: [],
    clusters: { total: 4, healthy: 4 },
    drift: { open: 0 },
  },
]

const release = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'

export const app: AppDetail = {
  ...apps[0]!,
  environments: [
    { name: 'dev', release, commit: inForce, problems: [], clusters: { total: 2, healthy: 2 } },
    {
      name: 'prod',
      release,
      commit: inForce,
      problems: [
        {
          code: 'render-failed',
          message: 'no resource matches the patch',
          file: 'apps/catalog-api/overlays/prod/kustomization.yaml',
          line: 10,
          column: 5,
        },
      ],
      clusters: { total: 7, healthy: 6, degraded: 1 },
    },
  ],
  status: [badlyPlaced, { ...wellPlaced, app: 'catalog-api', cluster: 'prod-us-east-1' }],
}

const deployment = { group: 'apps', kind: 'Deployment', namespace: 'catalog-api', name: 'catalog-api' }

export const drift: Drift[] = [
  {
    id: 1,
    cluster: 'prod-eu-west-1',
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
    fight: false,
    detectedAt: '2026-11-20T11:57:00.000Z',
    endedAt: null,
  },
  {
    id: 2,
    cluster: 'prod-us-east-1',
    app: 'catalog-api',
    object: { ...deployment, group: '', kind: 'Service' },
    change: 'deleted',
    state: 'open',
    fields: [],
    fieldCount: 0,
    manager: 'some-operator',
    fight: true,
    detectedAt: '2026-11-20T11:59:30.000Z',
    endedAt: null,
  },
]

export const event: FleetEvent = {
  id: 41,
  at: '2026-11-20T11:59:30.000Z',
  type: 'app.degraded',
  environment: 'prod',
  cluster: 'prod-eu-west-1',
  app: 'catalog-api',
  commit: inForce,
  message: '0 of 3 pods are ready',
}

export const commits: Commit[] = [
  {
    id: newer,
    status: 'invalid',
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
