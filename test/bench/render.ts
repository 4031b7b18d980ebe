/**
 * How long does it take to render 1,000 overlays of a typical app (5 objects, 3 patches, 1 generated
 * ConfigMap) on one thread, and how long would the official binary take for the same?
 *
 *     node test/bench/render.ts [overlays]
 *
 * The binary is run on a sample, in turn with our own runs, and its time is scaled to the full number.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build, fileTree, toYaml } from '../../hub/overlay/src/index.ts'

const sampleRuns = 50
const binaries: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['kustomize build', 'kustomize', ['build']],
  ['kubectl kustomize', 'kubectl', ['kustomize']],
]

function main(overlays: number): void {
  const files = fleet(overlays)
  const directories = Array.from({ length: overlays }, (_, index) => `overlays/env-${index}`)
  const tree = fileTree(files)
  build(tree, directories[0]!)
  const ours = time(() => {
    for (const directory of directories) build(tree, directory)
  })
  const printed = time(() => {
    for (const directory of directories) toYaml(build(tree, directory).objects)
  })
  const rows = [
    row('Roadstead, objects', overlays, ours, overlays, ours),
    row('Roadstead, printed YAML', overlays, printed, overlays, ours),
    ...official(files, directories, tree, ours),
  ]
  const widths = rows[0]!.map((_, column) =>
    Math.max(...[header, ...rows].map((cells) => cells[column]!.length)),
  )
  for (const cells of [header, ...rows])
    console.log(cells.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
}

const header = ['renderer', 'runs', 'per overlay', 'all overlays', 'compared']

function row(name: string, runs: number, elapsedMs: number, overlays: number, oursMs: number): string[] {
  const total = (elapsedMs / runs) * overlays
  const scaled = runs === overlays ? '' : ' (scaled)'
  return [
    name,
    String(runs),
    `${(elapsedMs / runs).toFixed(2)} ms`,
    `${(total / 1000).toFixed(2)} s${scaled}`,
    `${(total / oursMs).toFixed(1)}x`,
  ]
}

/** Times every official binary that is installed, and checks that it prints what we print. */
function official(
  files: ReadonlyMap<string, string>,
  directories: readonly string[],
  tree: ReturnType<typeof fileTree>,
  oursMs: number,
): string[][] {
  const root = mkdtempSync(join(tmpdir(), 'render-bench-'))
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return binaries.flatMap(([name, command, args]) => {
      const run = (directory: string): string =>
        execFileSync(command, [...args, join(root, directory)], { encoding: 'utf8' })
      try {
        if (run(directories[0]!) !== toYaml(build(tree, directories[0]!).objects))
          throw new Error(`${name} prints something else`)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [[name, '0', 'not installed', '', '']]
        throw error
      }
      const sample = directories.filter(
        (_, index) => index % Math.ceil(directories.length / sampleRuns) === 0,
      )
      const elapsed = time(() => {
        for (const directory of sample) run(directory)
      })
      return [row(name, sample.length, elapsed, directories.length, oursMs)]
    })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function time(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** One base of five objects and an overlay for each of many environments. */
function fleet(overlays: number): Map<string, string> {
  const files = new Map([
    [
      'base/kustomization.yaml',
      'resources: [deployment.yaml, service.yaml, account.yaml, scaler.yaml, ingress.yaml]\n',
    ],
    ['base/deployment.yaml', deployment],
    ['base/service.yaml', service],
    ['base/account.yaml', 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: shop\n'],
    ['base/scaler.yaml', scaler],
    ['base/ingress.yaml', ingress],
  ])
  for (let index = 0; index < overlays; index++) {
    const directory = `overlays/env-${index}`
    files.set(`${directory}/kustomization.yaml`, kustomization(index))
    files.set(`${directory}/replicas.yaml`, replicasPatch(index))
    files.set(`${directory}/resources.yaml`, resourcesPatch(index))
  }
  return files
}

function kustomization(index: number): string {
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop-${index}
resources:
- ../../base
labels:
- pairs:
    environment: env-${index}
images:
- name: example.com/shop
  newTag: 1.${index}.0
configMapGenerator:
- name: settings
  literals:
  - LOG_LEVEL=info
  - ENVIRONMENT=env-${index}
patches:
- path: replicas.yaml
- path: resources.yaml
- target:
    kind: Ingress
  patch: |-
    - op: replace
      path: /spec/rules/0/host
      value: env-${index}.example.com
`
}

function replicasPatch(index: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: ${(index % 7) + 1}
`
}

function resourcesPatch(index: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  template:
    spec:
      containers:
      - name: shop
        resources:
          limits:
            cpu: ${(index % 4) + 1}
            memory: 512Mi
`
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels:
    app: shop
spec:
  replicas: 1
  selector:
    matchLabels:
      app: shop
  template:
    metadata:
      labels:
        app: shop
    spec:
      serviceAccountName: shop
      containers:
      - name: shop
        image: example.com/shop:1.0.0
        args: ["--port", "8080"]
        envFrom:
        - configMapRef:
            name: settings
        ports:
        - name: http
          containerPort: 8080
        readinessProbe:
          httpGet:
            path: /healthz
            port: http
          periodSeconds: 5
      - name: metrics
        image: example.com/metrics:2.3.1
        ports:
        - name: metrics
          containerPort: 9090
`

const service = `apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  selector:
    app: shop
  ports:
  - name: http
    port: 80
    targetPort: http
`

const scaler = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: shop
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: shop
  minReplicas: 1
  maxReplicas: 10
  metrics:
  - type: Resource
    resource:
      name: cpu
      target:
        type: Utilization
        averageUtilization: 70
`

const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
spec:
  rules:
  - host: shop.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: shop
            port:
              name: http
`

main(Number(process.argv[2] ?? 1000))
