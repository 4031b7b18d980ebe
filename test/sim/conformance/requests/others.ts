import { configMap } from './objects.ts'
import { apply, core, del, get, group, MERGE, NS, patch, post, type Step } from './step.ts'

const service = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
})

/** The other built-in kinds, finalizers, deletion, tables. */
export const OTHERS: readonly Step[] = [
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
