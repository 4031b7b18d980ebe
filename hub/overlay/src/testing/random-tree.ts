import fc from 'fast-check'

/**
 * Random trees for the comparison with the official binary: a base of some objects, one or two layers over
 * it, each using some of the features, with values that collide on purpose.
 */

const word = fc.constantFrom('web', 'db', 'a', 'b', 'other', 'x-1')
const value = fc.constantFrom(
  '1',
  'true',
  'plain',
  '"5"',
  'null',
  '1.10',
  '"yes"',
  'yes',
  '0755',
  '[]',
  '{}',
  '[a, b]',
  '{k: v}',
  "''",
  'a: b'.replace(': ', ':'),
)
const indent = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by))

const container = fc
  .record({
    name: fc.constantFrom('web', 'side', 'init'),
    image: fc.constantFrom('nginx', 'nginx:1', 'example.com:5000/a/b:2@sha256:ab', 'busybox:latest'),
    env: fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('x', '"1"', '$(VAR)')), {
      maxLength: 3,
    }),
    ports: fc.array(fc.tuple(fc.constantFrom(80, 443, 8080), fc.constantFrom('', 'TCP', 'UDP')), {
      maxLength: 3,
    }),
    mount: fc.boolean(),
  })
  .map(({ name, image, env, ports, mount }) =>
    [
      `- name: ${name}`,
      `  image: ${image}`,
      ...(env.length === 0
        ? []
        : ['  env:', ...unique(env).flatMap(([key, text]) => [`  - name: ${key}`, `    value: ${text}`])]),
      ...(ports.length === 0
        ? []
        : [
            '  ports:',
            ...ports.flatMap(([port, protocol]) => [
              `  - containerPort: ${port}`,
              ...(protocol === '' ? [] : [`    protocol: ${protocol}`]),
            ]),
          ]),
      ...(mount
        ? ['  envFrom:', '  - configMapRef:', '      name: settings', '  - secretRef:', '      name: token']
        : []),
    ].join('\n'),
  )

function unique<T>(pairs: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return [...new Map(pairs).entries()]
}

const metadataExtras = fc.constantFrom(
  '',
  '  labels:\n    app: web\n',
  '  labels: {}\n',
  '  annotations:\n    note: 5\n',
  '  namespace: one\n',
  '  annotations: {}\n',
)

const workload = fc
  .record({
    kind: fc.constantFrom(
      'apps/v1 Deployment',
      'apps/v1 StatefulSet',
      'apps/v1 DaemonSet',
      'batch/v1 Job',
      'v1 ReplicationController',
    ),
    name: word,
    extras: metadataExtras,
    fields: fc.constantFrom(
      '',
      '  replicas: 2\n',
      '  replicas:\n',
      '  replicas: null\n',
      '  selector:\n    matchLabels:\n      app: web\n',
    ),
    containers: fc.uniqueArray(container, {
      minLength: 1,
      maxLength: 3,
      selector: (text) => text.split('\n')[0],
    }),
    volumes: fc.boolean(),
  })
  .map(({ kind, name, extras, fields, containers, volumes }) => {
    const [apiVersion, kindName] = kind.split(' ')
    const more = volumes
      ? '      volumes:\n      - name: v\n        configMap:\n          name: settings\n      serviceAccountName: db\n'
      : ''
    return `apiVersion: ${apiVersion}\nkind: ${kindName}\nmetadata:\n  name: ${name}\n${extras}spec:\n${fields}  template:\n    spec:\n      containers:\n${indent(containers.join('\n'), 6)}\n${more}`
  })

const service = fc
  .record({
    name: word,
    extras: metadataExtras,
    ports: fc.array(
      fc.constantFrom('- port: 80', '- port: 80\n  protocol: UDP', '- port: 443\n  name: tls'),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(
    ({ name, extras, ports }) =>
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n${extras}spec:\n  selector:\n    app: web\n  ports:\n${indent(ports.join('\n'), 2)}\n`,
  )

const other = fc
  .tuple(
    fc.constantFrom(
      'v1 ConfigMap',
      'v1 Secret',
      'v1 ServiceAccount',
      'v1 Namespace',
      'example.com/v1 Thing',
      'networking.k8s.io/v1 Ingress',
      'rbac.authorization.k8s.io/v1 RoleBinding',
      'rbac.authorization.k8s.io/v1 ClusterRole',
    ),
    word,
    metadataExtras,
  )
  .map(([kind, name, extras]) => {
    const [apiVersion, kindName] = kind.split(' ') as [string, string]
    const bodies: Record<string, string> = {
      ConfigMap: 'data:\n  k: v\n',
      Thing: 'spec:\n  image: nginx\n  list:\n  - name: a\n    v: 1\n  replicas: 1\n',
      Ingress: 'spec:\n  defaultBackend:\n    service:\n      name: web\n  tls:\n  - secretName: token\n',
      RoleBinding:
        'subjects:\n- kind: ServiceAccount\n  name: db\n  namespace: one\n- kind: ServiceAccount\n  name: default\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: a\n',
      ClusterRole: 'rules:\n- resources: [configmaps]\n  resourceNames: [settings]\n',
    }
    return `apiVersion: ${apiVersion}\nkind: ${kindName}\nmetadata:\n  name: ${name}\n${extras}${bodies[kindName] ?? ''}`
  })

const mergePatch = fc
  .record({
    head: fc.constantFrom('apps/v1 Deployment', 'apps/v1 StatefulSet', 'v1 Service', 'v1 ConfigMap'),
    name: word,
    target: fc.constantFrom(
      '',
      'kind: Deployment|StatefulSet',
      'name: (web|db)',
      'labelSelector: app=web',
      'kind: .*',
      'namespace: one',
    ),
    container: fc.option(container),
    directive: fc.constantFrom('', '', '', '  $patch: delete\n', '  $patch: replace\n'),
    top: fc.constantFrom(
      '',
      '  replicas: 5\n',
      '  replicas: null\n',
      '  replicas: "7"\n',
      '  extra: {a: null, b: 1}\n',
      '  template: null\n',
    ),
  })
  .map(({ head, name, target, container: added, directive, top }) => {
    const [apiVersion, kind] = head.split(' ')
    const containers =
      added === null
        ? ''
        : `  template:\n    spec:\n      containers:\n${indent(`${added}\n${directive}`, 6)}`
    const body =
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n${top}${containers}`.replace(
        /spec:\n$/,
        '',
      )
    return `- ${target === '' ? '' : `target: {${target}}\n  `}patch: |-\n${indent(body, 4).trimEnd()}\n`
  })

const jsonPatch = fc
  .record({
    target: fc.constantFrom('kind: Deployment', 'kind: Service', 'name: web', 'kind: .*Set'),
    op: fc.constantFrom('add', 'add', 'add', 'add', 'add', 'replace'),
    path: fc.constantFrom(
      '/metadata/annotations',
      '/metadata/labels/app',
      '/spec/replicas',
      '/spec/template/spec/containers/0/image',
      '/spec/template/spec/containers/-',
      '/spec/new~1field',
      '/metadata/name',
    ),
    value,
  })
  .map(({ target, op, path, value: written }) => {
    const text =
      path === '/metadata/name'
        ? 'renamed'
        : path.endsWith('-')
          ? '{name: z, image: z}'
          : path === '/metadata/annotations'
            ? '{a: b}'
            : path.endsWith('app')
              ? 'text'
              : written
    return `- target: {${target}}\n  patch: |-\n    - op: ${op}\n      path: ${path}\n      value: ${text}\n`
  })

const feature = fc.oneof(
  fc.constantFrom('namePrefix: p-\n', 'namePrefix: q-\n'),
  fc.constantFrom('nameSuffix: -s\n', 'nameSuffix: "-1"\n'),
  fc.constantFrom('namespace: prod\n', 'namespace: one\n'),
  fc.constantFrom('commonLabels: {app: shop, "n": "1"}\n', 'commonLabels: {tier: front}\n'),
  fc.constantFrom('commonAnnotations: {note: "a: b", zone: "1"}\n'),
  fc.constantFrom(
    'labels:\n- pairs: {team: x}\n',
    'labels:\n- pairs: {team: x, app: other}\n  includeSelectors: true\n',
    'labels:\n- pairs: {app: t}\n  includeTemplates: true\n',
  ),
  fc.constantFrom(
    'images:\n- name: nginx\n  newTag: "9"\n',
    'images:\n- name: nginx\n  newName: other/nginx\n- name: busybox\n  digest: sha256:ff\n',
    'images:\n- name: example.com:5000/a/b\n  newTag: "3"\n',
  ),
  fc.constantFrom('replicas:\n- name: web\n  count: 3\n', 'replicas:\n- name: db\n  count: 0\n'),
  fc
    .array(fc.oneof(mergePatch, jsonPatch), { minLength: 1, maxLength: 3 })
    .map((patches) => `patches:\n${patches.join('')}`),
  fc.constantFrom(
    'replacements:\n- source: {kind: Service, name: web}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: [metadata.labels.svc, spec.template.spec.containers.*.image]\n    options: {create: true}\n',
  ),
  fc.constantFrom('sortOptions: {order: fifo}\n'),
)

function layer(generators: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const byField = (text: string): string => text.split(':')[0]!
  return fc
    .tuple(fc.uniqueArray(feature, { maxLength: 5, selector: byField }), generators)
    .map(([features, generated]) => features.join('') + generated)
}

const generators = `configMapGenerator:
- name: settings
  literals: [a=1, b=2]
secretGenerator:
- name: token
  literals: [t=1]
`
const creates = fc.constantFrom(
  generators,
  generators.replace('b=2]\n', 'b=2]\n  options: {disableNameSuffixHash: true}\n'),
  `${generators}generatorOptions: {labels: {made: here}}\n`,
)
const changes = fc.constantFrom(
  '',
  '',
  'configMapGenerator:\n- name: settings\n  behavior: merge\n  literals: [b=3]\n',
  'configMapGenerator:\n- name: own\n  literals: [x=y]\n',
)

/** A tree, and the directory to build in it. */
export interface RandomTree {
  readonly files: ReadonlyMap<string, string>
  readonly directory: string
}

export const randomTree: fc.Arbitrary<RandomTree> = fc
  .record({
    main: fc.tuple(workload, workload, service),
    objects: fc.array(
      fc.oneof(
        { arbitrary: workload, weight: 3 },
        { arbitrary: service, weight: 2 },
        { arbitrary: other, weight: 3 },
      ),
      { maxLength: 5 },
    ),
    base: layer(creates),
    middle: fc.option(layer(changes)),
    top: layer(changes),
    component: fc.option(layer(fc.constant(''))),
  })
  .map(({ main, objects, base, middle, top, component }) => {
    const files = new Map<string, string>()
    files.set('base/objects.yaml', distinct([...objects, ...expected(main)]).join('---\n'))
    files.set('base/kustomization.yaml', `resources: [objects.yaml]\n${base}`)
    if (middle !== null) files.set('middle/kustomization.yaml', `resources: [../base]\n${middle}`)
    if (component !== null)
      files.set(
        'component/kustomization.yaml',
        `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nbuildMetadata: []\n${component}`,
      )
    const components = component === null ? '' : 'components: [../component]\n'
    files.set(
      'top/kustomization.yaml',
      `resources: [../${middle === null ? 'base' : 'middle'}]\n${components}${top}`,
    )
    return { files, directory: 'top' }
  })

/** The objects that the layers refer to by name are always there. */
function expected([web, db, service]: readonly [string, string, string]): string[] {
  const renamed = (text: string, kind: string, name: string): string =>
    text.replace(
      /apiVersion: .*\nkind: .*\nmetadata:\n {2}name: .*\n( {2}namespace: .*\n)?/,
      `${kind}\nmetadata:\n  name: ${name}\n`,
    )
  return [
    renamed(web, 'apiVersion: apps/v1\nkind: Deployment', 'web').replace(/ {2}namespace: .*\n/, ''),
    renamed(db, 'apiVersion: apps/v1\nkind: StatefulSet', 'db').replace(/ {2}namespace: .*\n/, ''),
    renamed(service, 'apiVersion: v1\nkind: Service', 'web').replace(/ {2}namespace: .*\n/, ''),
  ]
}

/** Drops objects whose kind, name and namespace occur before. */
function distinct(objects: readonly string[]): string[] {
  const key = (text: string): string =>
    /kind: \S+/.exec(text)![0] +
    /\n {2}name: \S+/.exec(text)![0] +
    (/\n {2}namespace: \S+/.exec(text)?.[0] ?? '')
  return [...new Map(objects.map((text) => [key(text), text])).values()]
}
