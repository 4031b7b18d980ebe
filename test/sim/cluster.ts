import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type ObjectAccess, objectAccess } from './access.ts'
import { Counters } from './api/counters.ts'
import { createApiServer } from './api/server.ts'
import { WatchHub } from './api/watch.ts'
import { bootstrap } from './bootstrap.ts'
import { answerControl } from './control.ts'
import { type ControllerOptions, startControllers } from './controllers/index.ts'
import { Faults } from './faults.ts'
import { kubeconfig } from './kubeconfig.ts'
import type { Context } from './operations/context.ts'
import { Registry } from './resources/registry.ts'
import { type SavedState, Store, type StoreEvent } from './store/store.ts'

export interface SimulatedClusterOptions {
  /** Names the cluster in its kubeconfig. */
  readonly name: string
  /** 0 (default): any free port on 127.0.0.1. */
  readonly port?: number
  /** How many nodes DaemonSets run on; default 3. */
  readonly nodes?: number
  /** How long a pod takes from being made to being ready; default 100 to 300 ms. */
  readonly readyAfterMs?: number | { readonly min: number; readonly max: number }
  /** State to start from, as `save()` gave it. */
  readonly seedState?: SavedState
  /** The bearer token; default: a random one. */
  readonly token?: string
  /** Serves TLS with HTTP/2 and HTTP/1.1 instead of plain HTTP/1.1; PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** False leaves objects alone: no status, no pods; only definitions are established. Default true. */
  readonly controllers?: boolean
}

export interface SimulatedCluster {
  readonly name: string
  readonly url: string
  readonly token: string
  /** A kubeconfig (YAML) with this cluster as its current context. */
  kubeconfig(): string
  /** Reads and writes objects without HTTP; not counted, and no fault applies. */
  readonly objects: ObjectAccess
  readonly faults: Faults
  readonly counters: Counters
  /** Watches open now. */
  readonly openWatches: number
  /** Ends every watch cleanly, as an API server does before it restarts; returns how many. */
  dropWatches(): number
  /** Destroys every connection; returns how many. */
  closeConnections(): number
  /** Forgets the history: a watch or continued list from before now gets 410. */
  compact(): void
  /** Calls back after every change, in order; returns how to stop. */
  onChange(callback: (event: StoreEvent) => void): () => void
  /** Everything needed to start an equal cluster later. */
  save(): SavedState
  /** Replaces all objects; open watches are ended. */
  load(state: SavedState): void
  close(): Promise<void>
}

const DEFAULT_NODES = 3
const DEFAULT_READY_MS = { min: 100, max: 300 }

/** Starts one simulated cluster: an API server with controllers, listening on loopback. */
export async function createSimulatedCluster(options: SimulatedClusterOptions): Promise<SimulatedCluster> {
  const { name, tls, token = randomBytes(16).toString('hex') } = options
  const store = new Store()
  const registry = new Registry(store)
  const context: Context = { store, registry, now: () => new Date() }
  const watches = new WatchHub(context)
  const objects = objectAccess(context)
  const faults = new Faults()
  const counters = new Counters()

  if (options.seedState) {
    store.load(options.seedState)
    registry.reload(store)
  }
  bootstrap(objects, options.nodes ?? DEFAULT_NODES)
  const controllers = startControllers(context, controllerOptions(options))

  const server = createApiServer({
    context,
    watches,
    faults,
    counters,
    token,
    tls,
    control: (request) => answerControl(cluster, request),
  })
  const sockets = trackSockets(server as Server)
  const url = await listen(server as Server, options.port ?? 0, tls !== undefined)

  const cluster: SimulatedCluster = {
    name,
    url,
    token,
    objects,
    faults,
    counters,
    get openWatches() {
      return watches.size
    },
    kubeconfig: () => kubeconfig([{ name, url, token, ...(tls ? { ca: tls.cert } : {}) }]),
    dropWatches: () => watches.dropAll(),
    closeConnections() {
      const count = sockets.size
      for (const socket of sockets) socket.destroy()
      return count
    },
    compact: () => store.compact(),
    onChange: (callback) => store.subscribe(callback),
    save: () => store.save(),
    load(state) {
      store.load(state)
      registry.reload(store)
      watches.dropAll()
      controllers.resync()
    },
    async close() {
      controllers.stop()
      watches.dropAll()
      const closed = once(server, 'close')
      server.close()
      cluster.closeConnections()
      await closed
    },
  }
  return cluster
}

function controllerOptions(options: SimulatedClusterOptions): ControllerOptions {
  const ready = options.readyAfterMs ?? DEFAULT_READY_MS
  return {
    nodes: options.nodes ?? DEFAULT_NODES,
    onlyDefinitions: options.controllers === false,
    readyAfterMs: typeof ready === 'number' ? { min: ready, max: ready } : ready,
  }
}

function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  return sockets
}

async function listen(server: Server, port: number, tls: boolean): Promise<string> {
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => done())
  })
  const { port: bound } = server.address() as AddressInfo
  return `${tls ? 'https' : 'http'}://127.0.0.1:${bound}`
}
