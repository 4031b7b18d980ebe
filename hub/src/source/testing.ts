import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@roadstead/proto'
import { createTelemetry } from '../telemetry/index.ts'
import type { Loaded } from './definition/index.ts'
import { loadDefinition } from './definition/index.ts'
import type { CommitGate } from './push.ts'
import { createSource, type Source, type SourceOptions } from './source.ts'
import { memoryTree } from './tree.ts'

/** A small fleet that is valid: two environments, two clusters, two apps of which one depends on the other. */
export const smallFleet: Readonly<Record<string, string>> = {
  'fleet.yaml': `apiVersion: roadstead.dev/v1
kind: Fleet
metadata:
  name: small
spec:
  environments:
    - name: dev
    - name: prod
      after: [dev]
`,
  'clusters/dev-1.yaml': cluster('dev-1', 'dev', 'core'),
  'clusters/prod-1.yaml': cluster('prod-1', 'prod', 'edge'),
  ...app('web', 'dependsOn: [db]'),
  ...app('db', 'description: a database'),
}

export function cluster(name: string, environment: string, tier: string): string {
  return `apiVersion: roadstead.dev/v1
kind: Cluster
metadata:
  name: ${name}
  labels:
    tier: ${tier}
spec:
  environment: ${environment}
  variables:
    domain: ${name}.example
`
}

/** An app of one ConfigMap, for both environments. */
export function app(name: string, spec: string): Record<string, string> {
  return {
    [`apps/${name}/app.yaml`]: `apiVersion: roadstead.dev/v1
kind: App
metadata:
  name: ${name}
spec:
  ${spec}
`,
    [`apps/${name}/base/kustomization.yaml`]: 'resources: [config.yaml]\n',
    [`apps/${name}/base/config.yaml`]: configMap(name, 'one'),
    [`apps/${name}/overlays/dev/kustomization.yaml`]: 'resources: [../../base]\n',
    [`apps/${name}/overlays/prod/kustomization.yaml`]: 'resources: [../../base]\n',
  }
}

export function configMap(name: string, value: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: shop
data:
  value: ${value}
`
}

/** Changes to files; null takes a file away. */
export type Changes = Readonly<Record<string, string | Uint8Array | null>>

export function withChanges(changes: Changes): Map<string, string | Uint8Array> {
  const files = new Map<string, string | Uint8Array>(Object.entries(smallFleet))
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) files.delete(path)
    else files.set(path, content)
  }
  return files
}

export const loadChanged = (changes: Changes): Promise<Loaded> =>
  loadDefinition(memoryTree(withChanges(changes)))

/** `code file:line:column message` of each problem. */
export const problemLines = ({ problems }: Pick<Loaded, 'problems'>): string[] =>
  problems.map(({ code, file, line, column, message }) => {
    const place = [file, line, column].filter((part) => part !== undefined).join(':')
    return `${code} ${place} ${message}`
  })

export interface TestSource extends AsyncDisposable {
  readonly source: Source
  /** Of the repository, for stock git. */
  readonly url: string
}

export const acceptAll: CommitGate = {
  check: async () => ({ problems: [], summary: 'fine' }),
  refused: async () => {},
}

/** A source with a real repository, served on a port of its own. Anybody is user `ada`. */
export async function startSource(
  options: Pick<SourceOptions, 'directory'> & Partial<SourceOptions>,
  gate: CommitGate = acceptAll,
): Promise<TestSource> {
  const telemetry = createTelemetry({ serviceName: 'test', version: '0', logLevel: 'silent' })
  const settings = { branch: 'main', searchPath: process.env.PATH ?? '', ...options }
  const source = await createSource(settings, { telemetry, clock: systemClock, random: () => 0, gate })
  const server = createServer((request, response) => void source.handle(request, response, 'ada'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    source,
    url: `http://127.0.0.1:${port}/git/fleet.git`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await source.close()
      await telemetry.close()
    },
  }
}
