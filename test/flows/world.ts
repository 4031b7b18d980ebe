import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAgent, readAgentConfig, silentLog } from '@roadstead/agent'
import { createHub, type Hub, type HubConfig } from '@roadstead/hub'
import { createOperator, type Operator, serverConfig } from '@roadstead/hub/nats'
import {
  createDatabase,
  initRepository,
  type Nats,
  startNats,
  type Tree,
  temporaryDirectory,
  until,
  type WorkingTree,
} from '../harness/index.ts'
import { createSimulatedCluster, type SimulatedCluster } from '../sim/index.ts'

/**
 * A whole installation for one test: real PostgreSQL, a real `nats-server`, the real hub, stock `git`, and
 * per cluster a simulated API server with a real agent. Everything can be ended and started again.
 */
export interface World extends AsyncDisposable {
  readonly nats: Nats
  readonly operator: Operator
  readonly databaseUrl: string
  readonly repository: WorkingTree
  readonly token: string
  readonly hub: Part
  /** Commits these files over what is there (null removes one) and pushes; a refused push is an error. */
  push(message: string, tree: Tree): Promise<string>
  /** The same, telling what `git push` printed. */
  tryPush(message: string, tree: Tree): Promise<{ readonly code: number; readonly stderr: string }>
  /** Parsed JSON of the API's answer; any status but 2xx is an error that quotes it. */
  get<T = Answer>(path: string): Promise<T>
  /** Starts a simulated cluster, enrols its agent and runs it. The cluster must be in the fleet. */
  join(name: string): Promise<Member>
  /** Waits until the API shows every cluster of the fleet healthy at the commit. */
  settled(commit: string): Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is the API's, which has tests of its own
export type Answer = any

/** Something that runs, and can be ended and started again. */
export interface Part {
  start(): Promise<void>
  stop(): Promise<void>
}

export interface Member {
  readonly name: string
  readonly cluster: SimulatedCluster
  readonly agent: Part
}

export interface WorldOptions {
  readonly silentAfterMs?: number
  readonly otlpEndpoint?: string
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const stack = new AsyncDisposableStack()
  const directory = temporaryDirectory('world').path
  const secretsDirectory = join(directory, 'secrets')
  const operator = createOperator(secretsDirectory)
  const database = stack.use(await createDatabase())
  const accountsDirectory = join(directory, 'accounts')
  const nats = stack.use(await startNats({ config: serverConfig(operator, { accountsDirectory }) }))
  const token = randomBytes(20).toString('hex')
  const hub = hubPart((port) => ({
    http: {
      host: '127.0.0.1',
      port,
      publicUrl: undefined,
      tls: undefined,
      tokens: [{ name: 'ada', token }],
      webhookSecret: undefined,
    },
    database: { url: database.url, poolSize: 6, statementTimeoutMs: 30_000 },
    nats: { urls: [nats.url], agentUrls: [nats.url], certificateAuthority: undefined, secretsDirectory },
    git: {
      directory: join(directory, 'fleet.git'),
      branch: 'main',
      searchPath: process.env.PATH ?? '',
      remote: undefined,
    },
    silentAfterMs: options.silentAfterMs ?? 60_000,
    lead: true,
    telemetry: { otlpEndpoint: options.otlpEndpoint, logLevel: 'silent' },
  }))
  await hub.start()
  stack.defer(() => hub.stop())
  const { url } = hub

  const repository = await initRepository(join(directory, 'fleet'))
  await repository.git('remote', 'add', 'origin', `http://ada:${token}@${new URL(url).host}/git/fleet.git`)
  const call = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const response = await fetch(url + path, { ...init, headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  return {
    nats,
    operator,
    databaseUrl: database.url,
    repository,
    token,
    hub,
    async push(message, tree) {
      const commit = await repository.commit(message, tree)
      const { code, stderr } = await repository.push()
      if (code !== 0) throw new Error(`the push was refused:\n${stderr}`)
      return commit
    },
    async tryPush(message, tree) {
      await repository.commit(message, tree)
      return repository.push()
    },
    get: (path) => call(path),
    async join(name) {
      const cluster = stack.use(await simulated(name))
      const member = {
        name,
        cluster,
        agent: await agentOf(cluster, join(directory, 'agents', name), call, url, options),
      }
      await member.agent.start()
      stack.defer(() => member.agent.stop())
      return member
    },
    async settled(commit) {
      let last: Answer
      await until(
        async () => {
          last = await call('/v1/fleet/health')
          const { total, healthy } = last.clusters
          if (last.commit.inForce === commit && total > 0 && total === healthy) return true
          throw new Error(`it is ${JSON.stringify(last)}`)
        },
        { deadlineMs: 30_000, message: 'the fleet settles' },
      )
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** The hub in this process, on the same port each time it is started. */
function hubPart(config: (port: number) => HubConfig): Part & { readonly url: string } {
  let url = 'http://127.0.0.1:0'
  let hub: Hub | undefined
  return {
    get url() {
      return url
    },
    async start() {
      hub ??= await createHub(config(Number(new URL(url).port)))
      url = hub.url
    },
    async stop() {
      await hub?.close()
      hub = undefined
    },
  }
}

async function simulated(name: string): Promise<SimulatedCluster & AsyncDisposable> {
  const cluster = await createSimulatedCluster({ name, readyAfterMs: 30 })
  return Object.assign(cluster, { [Symbol.asyncDispose]: () => cluster.close() })
}

type Call = <T>(path: string, init?: RequestInit) => Promise<T>

async function agentOf(
  cluster: SimulatedCluster,
  stateDirectory: string,
  call: Call,
  hubUrl: string,
  { otlpEndpoint }: WorldOptions,
): Promise<Part> {
  mkdirSync(stateDirectory, { recursive: true })
  const kubeconfig = join(stateDirectory, 'kubeconfig.yaml')
  writeFileSync(kubeconfig, cluster.kubeconfig())
  const path = `/v1/clusters/${cluster.name}/enrolment-tokens`
  const enrolment = await call<{ token: string }>(path, { method: 'POST' })
  const config = readAgentConfig({
    ROADSTEAD_CLUSTER: cluster.name,
    ROADSTEAD_STATE_DIRECTORY: stateDirectory,
    ROADSTEAD_HUB_URL: hubUrl,
    ROADSTEAD_ENROLMENT_TOKEN: enrolment.token,
    KUBECONFIG: kubeconfig,
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
  })
  let run: { ending: AbortController; ended: Promise<void> } | undefined
  return {
    async start() {
      if (run) return
      const ending = new AbortController()
      run = { ending, ended: createAgent(config, { log: silentLog }).run(ending.signal) }
      run.ended.catch(() => {})
    },
    async stop() {
      run?.ending.abort()
      await run?.ended
      run = undefined
    },
  }
}
