/** A fleet of any size, as files: every app has a base of three files and a kustomization with a patch per environment. */

const environments = ['dev', 'staging', 'prod'] as const

export interface FleetSize {
  readonly apps: number
  readonly clusters: number
}

export const appName = (index: number): string => `app-${String(index).padStart(4, '0')}`

export const deploymentPath = (index: number): string => `apps/${appName(index)}/base/deployment.yaml`

export const patchPath = (index: number, environment: string): string =>
  `apps/${appName(index)}/overlays/${environment}/resources.yaml`

export function generatedFleet({ apps, clusters }: FleetSize): Map<string, string> {
  const files = new Map([['fleet.yaml', fleet]])
  for (let index = 0; index < clusters; index++) {
    const name = `cluster-${String(index).padStart(4, '0')}`
    files.set(`clusters/${name}.yaml`, cluster(name, index))
  }
  for (let index = 0; index < apps; index++) {
    const name = appName(index)
    const directory = `apps/${name}`
    files.set(`${directory}/app.yaml`, app(name))
    files.set(`${directory}/base/kustomization.yaml`, baseKustomization(name))
    files.set(deploymentPath(index), deployment(name, '1.0.0'))
    files.set(`${directory}/base/service.yaml`, service(name))
    for (const environment of environments) {
      files.set(`${directory}/overlays/${environment}/kustomization.yaml`, overlay(environment))
      files.set(patchPath(index, environment), resources(name, 100))
    }
  }
  return files
}

const fleet = `apiVersion: roadstead.dev/v1
kind: Fleet
metadata:
  name: generated
spec:
  environments:
    - name: dev
    - name: staging
      after: [dev]
    - name: prod
      after: [staging]
`

const cluster = (name: string, index: number): string => `apiVersion: roadstead.dev/v1
kind: Cluster
metadata:
  name: ${name}
  labels:
    region: region-${index % 5}
spec:
  environment: ${environments[index % environments.length]}
  variables:
    domain: ${name}.example.com
    replicas: ${(index % 4) + 1}
`

const app = (name: string): string => `apiVersion: roadstead.dev/v1
kind: App
metadata:
  name: ${name}
spec:
  description: one of many
`

const baseKustomization = (name: string): string => `namespace: ${name}
labels:
  - pairs:
      app.kubernetes.io/name: ${name}
    includeSelectors: true
resources:
  - deployment.yaml
  - service.yaml
configMapGenerator:
  - name: settings
    literals:
      - LOG_LEVEL=info
      - HOST=${name}.\${vars.domain}
`

export const deployment = (name: string, version: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: \${vars.replicas}
  template:
    spec:
      containers:
        - name: main
          image: registry.example.com/${name}:${version}
          envFrom:
            - configMapRef:
                name: settings
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /ready
              port: http
`

const service = (name: string): string => `apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  ports:
    - name: http
      port: 80
      targetPort: http
`

const overlay = (environment: string): string => `resources:
  - ../../base
labels:
  - pairs:
      environment: ${environment}
patches:
  - path: resources.yaml
`

export const resources = (name: string, cpu: number): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  template:
    spec:
      containers:
        - name: main
          resources:
            requests:
              cpu: ${cpu}m
              memory: 128Mi
`
