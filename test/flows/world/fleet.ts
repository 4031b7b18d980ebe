import type { Tree } from '../../harness/index.ts'

/** A small fleet repository, as one value that tests change a file of. */
export interface SmallFleet {
  readonly environments?: readonly string[]
  /** Cluster name → environment. */
  readonly clusters: Readonly<Record<string, string>>
  /** App name → its objects as YAML. */
  readonly apps: Readonly<Record<string, string>>
}

export function smallFleet({ environments = ['dev'], clusters, apps }: SmallFleet): Tree {
  const tree: Record<string, string> = {
    'fleet.yaml': `apiVersion: roadstead.dev/v1
kind: Fleet
metadata: { name: small }
spec:
  environments: [${environments.map((name) => `{ name: ${name} }`).join(', ')}]
`,
  }
  for (const [name, environment] of Object.entries(clusters)) {
    tree[`clusters/${name}.yaml`] = `apiVersion: roadstead.dev/v1
kind: Cluster
metadata: { name: ${name} }
spec: { environment: ${environment} }
`
  }
  for (const [app, objects] of Object.entries(apps)) {
    tree[`apps/${app}/app.yaml`] = `apiVersion: roadstead.dev/v1
kind: App
metadata: { name: ${app} }
spec: {}
`
    tree[`apps/${app}/base/objects.yaml`] = objects
    tree[`apps/${app}/base/kustomization.yaml`] = 'resources: [objects.yaml]\n'
    for (const environment of environments) {
      tree[`apps/${app}/overlays/${environment}/kustomization.yaml`] = 'resources: [../../base]\n'
    }
  }
  return tree
}

/** A ConfigMap as YAML. */
export const configMap = (name: string, data: Readonly<Record<string, string>>): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: default }
data: ${JSON.stringify(data)}
`

/** A Deployment as YAML that becomes available, or does what the image's tag says (see test/sim). */
export const deployment = (name: string, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: default }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [{ name: main, image: "${image}" }]
`

/** So many ConfigMaps `<prefix>-0`, `<prefix>-1`, … as YAML. */
export const configMaps = (prefix: string, count: number): string =>
  Array.from({ length: count }, (_, index) => configMap(`${prefix}-${index}`, { part: `${index}` })).join(
    '---\n',
  )

/** What turns one small fleet into another: the files of the second, and null for those it has no more. */
export function fleetChange(before: SmallFleet, after: SmallFleet): Tree {
  const gone = Object.keys(smallFleet(before)).map((path) => [path, null] as const)
  return { ...Object.fromEntries(gone), ...smallFleet(after) }
}
