import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { HubConfig } from '@roadstead/hub'
import { connectHub, createOperator, type Operator, serverConfig } from '@roadstead/hub/nats'
import pg from 'pg'
import {
  createDatabase,
  initRepository,
  type Nats,
  type Postgres,
  startNats,
  startPostgres,
  type Tree,
  temporaryDirectory,
  until,
  type WorkingTree,
} from '../../harness/index.ts'
import { createSimulatedCluster, type SimulatedCluster } from '../../sim/index.ts'
import { type Answer, type HubPart, hubPart } from './hub.ts'
import { enlist, type Member } from './member.ts'

export type { Answer }

/**
 * A whole installation for one test: real PostgreSQL, a real `nats-server`, the real hub, stock `git`, and
 * per cluster a simulated API server with a real agent. Everything can be ended and started again.
 */
export interface World extends AsyncDisposable {
  /** Where it keeps everything. */
  readonly directory: string
  readonly nats: Nats
  /** The server of this world alone, where it was asked for. */
  readonly postgres: Postgres | undefined
  readonly databaseUrl: string
  readonly operator: Operator
  readonly repository: WorkingTree
  readonly hub: HubPart
  /** Starts another hub on the same database, broker and repository directory. */
  addReplica(change?: Partial<Pick<HubConfig, 'silentAfterMs'>>): Promise<HubPart>
  /** Commits these files over what is there (null removes one) and pushes; a refused push is an error. */
  push(message: string, tree: Tree): Promise<string>
  /** The same, telling what `git push` printed. */
  tryPush(message: string, tree: Tree): Promise<RefusedOrNot>
  /** Starts a simulated cluster, enrols its agent and runs it. The cluster must be in the fleet. */
  join(name: string): Promise<Member>
  /** Waits until the API, of this replica or the first, shows every cluster of the fleet healthy at the commit. */
  settled(commit: string, replica?: HubPart): Promise<void>
  /** Asks the database, past the hub. */
  sql(statement: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Answer[] }>
  /** A connection with the hub's own rights at the broker, for whoever got hold of them. */
  connectBroker(): ReturnType<typeof connectHub>
  /** Ends the broker, and starts it with nothing stored. */
  wipeBroker(): Promise<void>
}

export interface RefusedOrNot {
  readonly commit: string
  readonly code: number
  readonly stderr: string
}

export interface WorldOptions {
  readonly otlpEndpoint?: string
  /** A PostgreSQL of its own, which may be stopped and killed. */
  readonly ownPostgres?: boolean
  /** The hub as a program, which may be killed. */
  readonly hubAsProgram?: boolean
  /** How long `settled` waits; default 30,000. */
  readonly settleDeadlineMs?: number
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  await using stack = new AsyncDisposableStack()
  const directory = temporaryDirectory('world').path
  const secretsDirectory = join(directory, 'secrets')
  const operator = createOperator(secretsDirectory)
  // Durable, for what is not loses its last commits to `kill -9`.
  const postgres = options.ownPostgres ? stack.use(await startPostgres({ durable: true })) : undefined
  const { url: databaseUrl } = postgres ?? stack.use(await createDatabase())
  const storeDirectory = join(directory, 'broker')
  const brokerConfig = serverConfig(operator, { accountsDirectory: join(directory, 'accounts') })
  const nats = stack.use(await startNats({ config: brokerConfig, storeDirectory }))
  const connectBroker = () =>
    connectHub({ urls: [nats.url], credentials: operator.hubCredentials, name: 'test' })

  const token = randomBytes(20).toString('hex')
  const configOf = (port: number): HubConfig => ({
    http: {
      host: '127.0.0.1',
      port,
      publicUrl: undefined,
      tls: undefined,
      tokens: [{ name: 'ada', token }],
      webhookSecret: undefined,
    },
    database: { url: databaseUrl, poolSize: 6, statementTimeoutMs: 30_000 },
    nats: { urls: [nats.url], agentUrls: [nats.url], certificateAuthority: undefined, secretsDirectory },
    git: {
      directory: join(directory, 'fleet.git'),
      branch: 'main',
      searchPath: process.env.PATH ?? '',
      remote: undefined,
    },
    silentAfterMs: 60_000,
    lead: true,
    telemetry: { otlpEndpoint: options.otlpEndpoint, logLevel: 'silent' },
  })
  const addReplica: World['addReplica'] = async (change = {}) => {
    const replica = await hubPart((port) => ({ ...configOf(port), ...change }), options.hubAsProgram ?? false)
    await replica.start()
    all.defer(() => replica.stop())
    return replica
  }
  const all = stack.use(new AsyncDisposableStack())
  const hub = await addReplica()
  const repository = await initRepository(join(directory, 'fleet'))
  await repository.git('remote', 'add', 'origin', hub.gitRemote)
  const tryPush = async (message: string, tree: Tree): Promise<RefusedOrNot> => {
    const commit = await repository.commit(message, tree)
    return { commit, ...(await repository.push()) }
  }

  const parts = stack.move()
  return {
    directory,
    nats,
    postgres,
    databaseUrl,
    operator,
    repository,
    hub,
    addReplica,
    tryPush,
    push: async (message, tree) => accepted(await tryPush(message, tree)),
    async join(name) {
      const cluster = all.use(await simulated(name))
      const member = await enlist(cluster, hub, join(directory, 'agents', name), options.otlpEndpoint)
      await member.agent.start()
      all.defer(() => member.agent.stop())
      return member
    },
    settled: (commit, replica = hub) => settled(replica, commit, options.settleDeadlineMs ?? 30_000),
    async connectBroker() {
      const connection = await connectBroker()
      all.defer(() => connection.close())
      return connection
    },
    sql: (statement, values = []) => query(databaseUrl, statement, values),
    async wipeBroker() {
      await nats.stop()
      rmSync(storeDirectory, { recursive: true })
      await nats.restart()
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

function accepted({ commit, code, stderr }: RefusedOrNot): string {
  if (code !== 0) throw new Error(`the push was refused:\n${stderr}`)
  return commit
}

async function query(url: string, statement: string, values: readonly unknown[]) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await client.query(statement, [...values])
  } finally {
    await client.end()
  }
}

async function settled(hub: HubPart, commit: string, deadlineMs: number): Promise<void> {
  const look = async () => {
    const health = await hub.get('/v1/fleet/health')
    const { total, healthy } = health.clusters
    if (health.commit.inForce === commit && total > 0 && total === healthy) return true
    throw new Error(`it is ${JSON.stringify(health)}`)
  }
  await until(look, { deadlineMs, message: `the fleet settles at ${commit}` })
}

async function simulated(name: string): Promise<SimulatedCluster & AsyncDisposable> {
  const cluster = await createSimulatedCluster({ name, readyAfterMs: 30 })
  return Object.assign(cluster, { [Symbol.asyncDispose]: () => cluster.close() })
}
