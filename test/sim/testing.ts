import { type ChildProcess, execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createSimulatedCluster, type SimulatedCluster, type SimulatedClusterOptions } from './index.ts'
import type { Json } from './schema/schema.ts'

/** A cluster that ends with its test; quick, so that tests are. */
export async function startCluster(
  t: TestContext,
  options: Partial<SimulatedClusterOptions> = {},
): Promise<SimulatedCluster> {
  const cluster = await createSimulatedCluster({ name: 'test', readyAfterMs: 5, ...options })
  t.after(() => cluster.close())
  return cluster
}

export interface Answered {
  readonly code: number
  readonly body: Json & { status?: Json; spec?: Json; metadata?: Json; items?: Json[] }
  readonly headers: Headers
}

/** One request with the cluster's token. */
export async function call(
  cluster: SimulatedCluster,
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
): Promise<Answered> {
  const response = await fetch(cluster.url + path, {
    method,
    headers: { authorization: `Bearer ${cluster.token}`, 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    code: response.status,
    body: text.startsWith('{') ? JSON.parse(text) : { text },
    headers: response.headers,
  }
}

export interface WatchEvent {
  readonly type: string
  readonly object: Json & {
    metadata: { name: string; resourceVersion: string }
    code?: number
    reason?: string
  }
}

/** Follows a watch; `events` grows, `ended` settles when the stream does. */
export function watch(t: TestContext, cluster: SimulatedCluster, path: string) {
  const abort = new AbortController()
  t.after(() => abort.abort())
  const events: WatchEvent[] = []
  const url = `${cluster.url}${path}${path.includes('?') ? '&' : '?'}watch=true`
  const ended = (async () => {
    const headers = { authorization: `Bearer ${cluster.token}` }
    const response = await fetch(url, { headers, signal: abort.signal })
    let rest = ''
    for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      events.push(...lines.map((line) => JSON.parse(line) as WatchEvent))
    }
  })()
  // The test looks at `ended` only where the end is what it is about.
  ended.catch(() => undefined)
  return { events, ended, stop: () => abort.abort() }
}

export const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0

/** Why kubectl cases are skipped, or false when they are not. */
export const skipWithoutKubectl = hasKubectl ? false : 'kubectl is not on PATH'

const KUBECTL_TIMEOUT_MS = 30_000

/** Runs kubectl against a cluster with a home of its own. */
export function kubectlFor(t: TestContext, cluster: SimulatedCluster) {
  const home = temporaryFolder(t)
  const kubeconfig = join(home, 'kubeconfig')
  writeFileSync(kubeconfig, cluster.kubeconfig())
  return (args: string[], input = '', env: Record<string, string> = {}) =>
    new Promise<{ code: number; out: string; err: string }>((done) => {
      const child: ChildProcess = execFile(
        'kubectl',
        args,
        { env: { ...process.env, HOME: home, KUBECONFIG: kubeconfig, ...env }, timeout: KUBECTL_TIMEOUT_MS },
        (error, out, err) => done({ code: error ? Number(error.code ?? 1) : 0, out, err }),
      )
      child.stdin?.end(input)
    })
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'roadstead-sim-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const configMap = (name: string, data: Json = {}, metadata: Json = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...metadata },
  data,
})

export const deployment = (name: string, image: string, spec: Json = {}, annotations: Json = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default', annotations },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image }] } },
    ...spec,
  },
})

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
