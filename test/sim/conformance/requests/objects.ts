import { apply, core, get, JSON_PATCH, MERGE, NS, patch, post, put, type Step } from './step.ts'

export const configMap = (name: string, data: unknown, meta: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...meta },
  data,
})

/** Config maps and secrets: the ways to write, who owns what, and what is refused. */
export const OBJECTS: readonly Step[] = [
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
