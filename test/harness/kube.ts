/** A real Kubernetes API server on the loopback interface, with etcd and, if wanted, the controller manager. */
import { randomBytes } from 'node:crypto'
import { ensureKube } from '../../deploy/install/kube.mjs'
import { kubeconfig } from '../sim/index.ts'
import {
  certificateOf,
  prepareApiServer,
  type Surroundings,
  startApiServer,
  startControllerManager,
  startEtcd,
  untilReady,
} from './kube/programs.ts'
import type { KubeConnection } from './kube/requests.ts'
import { onFreePort } from './ports.ts'
import type { Program } from './process.ts'
import { temporaryDirectory } from './temporary.ts'

const PORT_TAKEN = /address already in use/

export interface KubeOptions {
  /** Of Kubernetes, such as `1.36.3`. Default: what `KUBEBUILDER_ASSETS` has, else the newest that the tests know. */
  version?: string
  /**
   * Which controllers of kube-controller-manager run, by its own names. Default: none, and then no namespace goes
   * away, no owner takes its dependents along, and no Deployment makes Pods.
   */
  controllers?: readonly string[]
  /** Further flags of the API server. */
  flags?: readonly string[]
  /** Told every line that any of the programs logs. */
  onLine?: (line: string) => void
}

export interface KubeApiServer extends KubeConnection, AsyncDisposable {
  readonly ca: string
  readonly port: number
  /** As the server says itself, such as `1.36.3`. */
  readonly version: string
  /** Of the API server that runs now. */
  readonly pid: number
  /** Whether the controllers that were asked for run. */
  readonly hasControllers: boolean
  /** A kubeconfig (YAML) of an administrator. */
  kubeconfig(): string
  /** Ends all programs; the objects are gone. */
  stop(): Promise<void>
  /** `kill -9` of the API server; etcd keeps the objects. */
  kill(): Promise<void>
  /** Starts the API server again on the same port and objects, whether it was killed or still runs. */
  restart(): Promise<void>
  /** Holds the API server still (SIGSTOP): it takes connections and does not answer. `resume` lets it go on. */
  freeze(): void
  resume(): void
}

/**
 * Starts an API server and waits until it is ready. Where its programs are missing they are built first, which
 * takes some minutes.
 *
 * @throws {Error} when there are no programs and none can be had, or with the end of the log when it does not start
 */
export async function startKubeApiServer(options: KubeOptions = {}): Promise<KubeApiServer> {
  const programs = await ensureKube(options.version, sayToStderr)
  const directory = temporaryDirectory('kube').path
  const around: Surroundings = { programs, directory, onLine: options.onLine }
  const token = randomBytes(16).toString('hex')
  prepareApiServer(directory, token)
  const etcd = await startEtcd(around)

  const start = async (port: number): Promise<Program> => {
    const server = await startApiServer(around, etcd.port, port, options.flags ?? [])
    await untilReady(server, () => ({ url: urlOf(port), token, ca: certificateOf(directory) }))
    return server
  }
  const first = await onFreePort(start, PORT_TAKEN)
  const { port } = first
  let { server } = first
  const ca = certificateOf(directory)
  const config = kubeconfig([{ name: 'test', url: urlOf(port), token, ca }])
  const manager = await startControllers(around, config, options.controllers ?? [])

  const self: KubeApiServer = {
    url: urlOf(port),
    port,
    token,
    ca,
    version: programs.version,
    hasControllers: manager !== undefined,
    get pid() {
      return server.pid
    },
    kubeconfig: () => config,
    async stop() {
      await Promise.all([manager?.kill(), server.kill()])
      await etcd.server.kill()
    },
    kill: async () => void (await server.kill()),
    async restart() {
      await server.kill()
      server = await start(port)
    },
    freeze: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    [Symbol.asyncDispose]: () => self.stop(),
  }
  return self
}

async function startControllers(
  around: Surroundings,
  config: string,
  controllers: readonly string[],
): Promise<Program | undefined> {
  const { controllerManager } = around.programs
  if (controllers.length === 0 || controllerManager === undefined) return undefined
  return startControllerManager(around, controllerManager, config, controllers)
}

const urlOf = (port: number): string => `https://127.0.0.1:${port}`

const sayToStderr = (line: string): void => void process.stderr.write(`${line}\n`)
