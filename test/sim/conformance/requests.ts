/**
 * Requests whose answers were recorded from a real kube-apiserver (testdata/) and must come out the same here.
 * They run in order, in the namespace `conformance`, with no controllers.
 */
export interface Step {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
}

const NS = 'conformance'
const core = (plural: string, name = '') => `/api/v1/namespaces/${NS}/${plural}${name ? `/${name}` : ''}`
const group = (prefix: string, plural: string, name = '') =>
  `/apis/${prefix}/namespaces/${NS}/${plural}${name ? `/${name}` : ''}`
const apps = (plural: string, name = '') => group('apps/v1', plural, name)

const MERGE = 'application/merge-patch+json'
const JSON_PATCH = 'application/json-patch+json'
const STRATEGIC = 'application/strategic-merge-patch+json'
const APPLY = 'application/apply-patch+yaml'

const post = (name: string, path: string, body: unknown): Step => ({ name, method: 'POST', path, body })
const get = (name: string, path: string): Step => ({ name, method: 'GET', path })
const put = (name: string, path: string, body: unknown): Step => ({ name, method: 'PUT', path, body })
const del = (name: string, path: string, body?: unknown): Step => ({ name, method: 'DELETE', path, body })
const patch = (name: string, path: string, type: string, body: unknown): Step => ({
  name,
  method: 'PATCH',
  path,
  type,
  body,
})
const apply = (name: string, path: string, manager: string, body: unknown, query = ''): Step =>
  patch(name, `${path}?fieldManager=${manager}${query}`, APPLY, body)

const configMap = (name: string, data: unknown, meta: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...meta },
  data,
})

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

const objects: Step[] = [
  post('namespace', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } }),
  post('configmap', `${core('configmaps')}?fieldManager=creator`, configMap('a', { one: '1', two: '2' })),
  get('configmap get', core('configmaps', 'a')),
  post('configmap again', core('configmaps'), configMap('a', {})),
  apply('apply conflict', core('configmaps', 'a'), 'alice', configMap('a', { one: 'x', three: '3' })),
  apply('apply two conflicts', core('configmaps', 'a'), 'alice', configMap('a', { one: 'x', two: 'y' })),
  apply(
    'apply forced',
    core('configmaps', 'a'),
    'alice',
    configMap('a', { one: 'x', three: '3' }),
    '&force=true',
  ),
  apply('apply shared', core('configmaps', 'a'), 'bob', configMap('a', { three: '3' })),
  apply('apply removes only its own', core('configmaps', 'a'), 'alice', configMap('a', { one: 'x' })),
  apply(
    'apply conflict with applier',
    core('configmaps', 'a'),
    'alice',
    configMap('a', { one: 'x', three: '4' }),
  ),
  patch('merge patch takes over', `${core('configmaps', 'a')}?fieldManager=carol`, MERGE, {
    data: { one: 'c', two: null },
  }),
  patch('json patch', `${core('configmaps', 'a')}?fieldManager=carol`, JSON_PATCH, [
    { op: 'test', path: '/data/one', value: 'c' },
    { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
    { op: 'add', path: '/data/x~1y', value: 'z' },
  ]),
  patch('json patch test fails', core('configmaps', 'a'), JSON_PATCH, [
    { op: 'test', path: '/data/one', value: 'no' },
  ]),
  put('stale update', core('configmaps', 'a'), configMap('a', {}, { resourceVersion: '1' })),
  put('update', `${core('configmaps', 'a')}?fieldManager=dave`, configMap('a', { only: 'this' })),
  apply('apply without manager', core('configmaps', 'a'), '', configMap('a', {})),
  apply('apply with managedFields', core('configmaps', 'a'), 'x', configMap('a', {}, { managedFields: [] })),
  apply('apply creates', core('configmaps', 'b'), 'alice', configMap('b', { k: 'v' })),
  apply('apply nothing left', core('configmaps', 'b'), 'alice', configMap('b', undefined)),
  apply('apply other name', core('configmaps', 'b'), 'alice', configMap('c', {})),
  apply('apply dry run', core('configmaps', 'dry'), 'alice', configMap('dry', { k: 'v' }), '&dryRun=All'),
  get('dry run made nothing', core('configmaps', 'dry')),
  post('strict unknown field', `${core('configmaps')}?fieldValidation=Strict`, {
    ...configMap('s', {}),
    dota: {},
  }),
  post('bad name', core('configmaps'), configMap('Bad_Name', {})),
  post('bad label', core('configmaps'), configMap('l', {}, { labels: { 'a b': 'c', ok: 'no good!' } })),
  post('bad key', core('configmaps'), configMap('k', { 'a b': 'c' })),
  post('wrong namespace', core('configmaps'), configMap('n', {}, { namespace: 'other' })),
  post('no name', core('configmaps'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }),
  post('wrong kind', core('configmaps'), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }),
  post('wrong type', core('configmaps'), configMap('w', { a: 1 })),
  get('not found', core('configmaps', 'nope')),
  get('no such resource', core('nopes', 'x')),
  get('label selector', `${core('configmaps')}?labelSelector=a%20in%20(b,c),!z`),
  get('bad label selector', `${core('configmaps')}?labelSelector=a%20b%20c`),
  get('field selector', `${core('configmaps')}?fieldSelector=metadata.name%3Db`),
  post('immutable configmap', core('configmaps'), { ...configMap('frozen', { a: 'b' }), immutable: true }),
  patch('immutable change', core('configmaps', 'frozen'), MERGE, { data: { a: 'c' } }),
  post('secret', core('secrets'), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    stringData: { a: 'b' },
  }),
  post('secret bad base64', core('secrets'), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 't' },
    data: { a: '!!' },
  }),
]

const workloads: Step[] = [
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

const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
})

const others: Step[] = [
  apply(
    'service applied',
    core('services', 'web'),
    'roadstead',
    service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] }),
  ),
  patch('service clusterIP', core('services', 'web'), MERGE, { spec: { clusterIP: '10.96.200.200' } }),
  post(
    'headless',
    core('services'),
    service('headless', { clusterIP: 'None', selector: { a: 'b' }, ports: [{ port: 1 }] }),
  ),
  post(
    'external name',
    core('services'),
    service('ext', { type: 'ExternalName', externalName: 'example.com' }),
  ),
  post(
    'load balancer',
    core('services'),
    service('lb', {
      type: 'LoadBalancer',
      sessionAffinity: 'ClientIP',
      ports: [{ port: 443, nodePort: 31443 }],
    }),
  ),
  post('two ports', core('services'), service('two', { ports: [{ port: 1 }, { port: 2 }] })),
  post('bad service name', core('services'), service('1bad', { ports: [{ port: 1 }] })),
  post('ingress', group('networking.k8s.io/v1', 'ingresses'), {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i' },
    spec: {
      rules: [
        {
          host: 'a.b',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  }),
  post('ingress without path type', group('networking.k8s.io/v1', 'ingresses'), {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'j' },
    spec: {
      rules: [
        { http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { number: 80 } } } }] } },
      ],
    },
  }),
  post('network policy', group('networking.k8s.io/v1', 'networkpolicies'), {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'np' },
    spec: { podSelector: {}, egress: [{ ports: [{ port: 53 }] }] },
  }),
  post('hpa', group('autoscaling/v2', 'horizontalpodautoscalers'), {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
    },
  }),
  post('pdb', group('policy/v1', 'poddisruptionbudgets'), {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'p' },
    spec: { minAvailable: '50%', selector: { matchLabels: { a: 'b' } } },
  }),
  post('role', group('rbac.authorization.k8s.io/v1', 'roles'), {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'r' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  post('role binding', group('rbac.authorization.k8s.io/v1', 'rolebindings'), {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'r' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
    subjects: [
      { kind: 'User', name: 'u' },
      { kind: 'ServiceAccount', name: 's', namespace: NS },
    ],
  }),
  patch('role ref fixed', group('rbac.authorization.k8s.io/v1', 'rolebindings', 'r'), MERGE, {
    roleRef: { name: 'other' },
  }),
  post('service account', core('serviceaccounts'), {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'sa' },
  }),
  post('quota', core('resourcequotas'), {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q' },
    spec: { hard: { 'requests.cpu': '10000m' } },
  }),
  post('pvc without modes', core('persistentvolumeclaims'), {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'd' },
    spec: { resources: { requests: { storage: '1Gi' } } },
  }),
  post('lease', group('coordination.k8s.io/v1', 'leases'), {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'l' },
    spec: { holderIdentity: 'me', renewTime: '2026-01-01T00:00:00.000000Z' },
  }),
  post('priority class', '/apis/scheduling.k8s.io/v1/priorityclasses', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'conformance' },
    value: 5,
  }),
  post(
    'delete with finalizer: make',
    core('configmaps'),
    configMap('fin', {}, { finalizers: ['example.com/wait'] }),
  ),
  del('delete with finalizer', core('configmaps', 'fin')),
  patch('no new finalizers', core('configmaps', 'fin'), MERGE, {
    metadata: { finalizers: ['example.com/wait', 'example.com/more'] },
  }),
  patch('finalizer removed', core('configmaps', 'fin'), MERGE, { metadata: { finalizers: null } }),
  get('finalized object is gone', core('configmaps', 'fin')),
  del('delete precondition', core('configmaps', 'b'), {
    preconditions: { uid: '00000000-0000-0000-0000-000000000000' },
  }),
  del('delete', core('configmaps', 'b')),
  del('delete again', core('configmaps', 'b')),
  {
    name: 'table',
    method: 'GET',
    path: core('configmaps'),
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  },
  { name: 'post on name', method: 'POST', path: core('configmaps', 'x'), body: {} },
]

const widget = (spec: unknown, extra: object = {}) => ({
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  spec,
  ...extra,
})
const widgets = (name = '') => group('conformance.example.com/v1', 'widgets', name)

/** Runs after the definition is established. */
export const CUSTOM: readonly Step[] = [
  apply(
    'widget applied',
    widgets('w'),
    'roadstead',
    widget({ size: 1, parts: [{ name: 'a', n: 1 }, { name: 'b' }], tags: ['x', 'y'] }),
  ),
  apply('widget parts', widgets('w'), 'other', widget({ parts: [{ name: 'c' }], tags: ['z'] })),
  apply(
    'widget loses part',
    widgets('w'),
    'roadstead',
    widget({ size: 1, parts: [{ name: 'a', n: 2 }], tags: ['y'] }),
  ),
  apply('widget conflict', widgets('w'), 'other', widget({ size: 2 })),
  patch('widget merge', `${widgets('w')}?fieldManager=m`, MERGE, {
    spec: { free: { any: ['thing'] }, color: 'blue' },
  }),
  patch('widget strategic', widgets('w'), STRATEGIC, { spec: {} }),
  post('widget invalid', widgets(), {
    ...widget({ size: 'big', color: 'pink', parts: [{ n: 1 }] }),
    metadata: { name: 'i' },
  }),
  post('widget bounds', widgets(), { ...widget({ size: 0 }), metadata: { name: 'i' } }),
  post('widget missing', widgets(), { ...widget({}), metadata: { name: 'i' } }),
  post('widget strict', `${widgets()}?fieldValidation=Strict`, {
    ...widget({ size: 1, sise: 2 }),
    metadata: { name: 'i' },
  }),
  post('widget pruned', widgets(), {
    ...widget({ size: 1, sise: 2 }, { status: { ok: true } }),
    metadata: { name: 'pruned' },
  }),
  apply('widget unknown applied', widgets('u'), 'r', {
    ...widget({ size: 1, sise: 2 }),
    metadata: { name: 'u' },
  }),
  patch('widget status', `${widgets('w/status')}?fieldManager=ctl`, MERGE, {
    status: { ok: true },
    spec: { size: 9 },
  }),
  get('widget list', widgets()),
]

export const DEFINITION = post('definition', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.conformance.example.com' },
  spec: {
    group: 'conformance.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1 },
                  color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, n: { type: 'integer', default: 7 } },
                    },
                  },
                  tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: { type: 'object', properties: { ok: { type: 'boolean' } } },
            },
          },
        },
      },
    ],
  },
})

export const STEPS: readonly Step[] = [...objects, ...workloads, ...others]
