import { apply, apps, core, get, group, MERGE, patch, post, STRATEGIC, type Step } from './step.ts'

const deployment = (container: object, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27', ...container }] },
    },
    ...spec,
  },
})

const PORTS = [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP', name: 'dns' }]
const ENV = [
  { name: 'EMPTY', value: '' },
  { name: 'ONE', value: '1' },
  { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
]
const RESOURCES = { limits: { cpu: '1000m', memory: '1.5Gi' }, requests: { cpu: 0.5, memory: '1048576Ki' } }
const PROBE = { httpGet: { port: 80 } }
const VOLUMES = [
  { name: 'scratch' },
  { name: 'config', configMap: { name: 'c' } },
  { name: 'host', hostPath: { path: '/x' } },
]

/** Workloads: defaults, list keys, strategic patches, scale and status, immutable fields. */
export const WORKLOADS: readonly Step[] = [
  apply(
    'deployment applied',
    apps('deployments', 'web'),
    'roadstead',
    deployment({ ports: PORTS, env: ENV, resources: RESOURCES, readinessProbe: PROBE }),
  ),
  apply(
    'deployment applied again',
    apps('deployments', 'web'),
    'roadstead',
    deployment({ ports: PORTS, env: ENV, resources: RESOURCES, readinessProbe: PROBE }),
  ),
  apply(
    'deployment loses env',
    apps('deployments', 'web'),
    'roadstead',
    deployment({ ports: PORTS, env: ENV.slice(1) }),
  ),
  patch('strategic image', `${apps('deployments', 'web')}?fieldManager=kubectl-set`, STRATEGIC, {
    spec: { template: { spec: { containers: [{ name: 'web', image: 'nginx:1.28' }] } } },
  }),
  apply(
    'deployment conflict',
    apps('deployments', 'web'),
    'roadstead',
    deployment({ ports: PORTS, env: ENV.slice(1) }),
  ),
  patch('strategic env order', `${apps('deployments', 'web')}?fieldManager=kubectl-edit`, STRATEGIC, {
    spec: {
      template: {
        spec: {
          $setElementOrder: undefined,
          '$setElementOrder/containers': [{ name: 'web' }],
          containers: [
            {
              '$setElementOrder/env': [{ name: 'NEW' }, { name: 'ONE' }, { name: 'POD' }],
              env: [{ name: 'NEW', value: 'n' }],
              name: 'web',
            },
          ],
        },
      },
    },
  }),
  patch('strategic delete port', `${apps('deployments', 'web')}?fieldManager=kubectl-edit`, STRATEGIC, {
    spec: {
      template: { spec: { containers: [{ name: 'web', ports: [{ containerPort: 53, $patch: 'delete' }] }] } },
    },
  }),
  patch('sidecar', `${apps('deployments', 'web')}?fieldManager=injector`, STRATEGIC, {
    spec: { template: { spec: { containers: [{ name: 'side', image: 'side' }], volumes: VOLUMES } } },
  }),
  apply(
    'apply keeps sidecar',
    apps('deployments', 'web'),
    'roadstead',
    deployment({ ports: PORTS }),
    '&force=true',
  ),
  get('scale', apps('deployments', 'web/scale')),
  patch('scale patch', `${apps('deployments', 'web/scale')}?fieldManager=kubectl`, MERGE, {
    spec: { replicas: 5 },
  }),
  get('after scale', apps('deployments', 'web')),
  apply('conflict with scale', apps('deployments', 'web'), 'roadstead', deployment({ ports: PORTS })),
  patch('status patch', `${apps('deployments', 'web/status')}?fieldManager=controller`, MERGE, {
    status: {
      replicas: 1,
      observedGeneration: 3,
      conditions: [{ type: 'Available', status: 'True', reason: 'r', message: 'm' }],
    },
    spec: { replicas: 99 },
  }),
  patch('selector immutable', apps('deployments', 'web'), MERGE, {
    spec: { selector: { matchLabels: { app: 'other' } } },
  }),
  patch('wrong type replicas', apps('deployments', 'web'), MERGE, { spec: { replicas: 'three' } }),
  apply('apply unknown field', apps('deployments', 'web'), 'r', deployment({ imagee: 'x' })),
  apply('apply wrong type', apps('deployments', 'web'), 'r', deployment({}, { replicas: 'three' })),
  apply(
    'apply duplicate env',
    apps('deployments', 'web'),
    'r',
    deployment({
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
    }),
  ),
  apply('apply env without name', apps('deployments', 'web'), 'r', deployment({ env: [{ value: '1' }] })),
  post(
    'strict deployment',
    `${apps('deployments')}?fieldValidation=Strict`,
    deployment({ imagee: 'x' }, { foo: 1 }),
  ),
  post('no selector', apps('deployments'), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'n' },
    spec: {
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  }),
  post('selector mismatch', apps('deployments'), {
    ...deployment({}, { selector: { matchLabels: { app: 'no' } } }),
    metadata: { name: 'm' },
  }),
  post('no containers', apps('deployments'), {
    ...deployment({}),
    metadata: { name: 'nc' },
    spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: {} } },
  }),
  post('no image', apps('deployments'), { ...deployment({ image: '' }), metadata: { name: 'ni' } }),
  post('bad quantity', apps('deployments'), {
    ...deployment({ resources: { limits: { cpu: 'lots' } } }),
    metadata: { name: 'bq' },
  }),
  post('statefulset', apps('statefulsets'), {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'pg' }] } },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
        },
      ],
    },
  }),
  patch('statefulset fixed', apps('statefulsets', 'db'), MERGE, { spec: { serviceName: 'other' } }),
  post('daemonset', apps('daemonsets'), {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'log' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: {
        metadata: { labels: { a: 'b' } },
        spec: {
          hostNetwork: true,
          volumes: VOLUMES,
          containers: [{ name: 'l', image: 'l:latest', ports: [{ containerPort: 9 }] }],
        },
      },
    },
  }),
  post('job', group('batch/v1', 'jobs'), {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'mig' },
    spec: {
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            { name: 'm', image: 'm@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
          ],
        },
      },
    },
  }),
  patch('job fixed', group('batch/v1', 'jobs', 'mig'), STRATEGIC, {
    spec: { template: { spec: { containers: [{ name: 'm', image: 'other' }] } } },
  }),
  post('job policy', group('batch/v1', 'jobs'), {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'x' },
    spec: { template: { spec: { containers: [{ name: 'm', image: 'm' }] } } },
  }),
  post('cronjob', group('batch/v1', 'cronjobs'), {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'c' },
    spec: {
      schedule: '* * * * *',
      jobTemplate: {
        spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'm', image: 'm' }] } } },
      },
    },
  }),
  post('pod', core('pods'), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { a: 'b' } },
    spec: {
      serviceAccountName: 'default',
      containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '2' } } }],
    },
  }),
  patch('pod fixed', core('pods', 'p'), MERGE, { spec: { hostname: 'x' } }),
]
