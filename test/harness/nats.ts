/** A real nats-server on the loopback interface. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureNatsServer } from '../../deploy/install/nats-server.mjs'
import { freePort, onFreePort } from './ports.ts'
import { type Program, startProgram } from './process.ts'
import { temporaryDirectory } from './temporary.ts'

const READY = /Server is ready/
const PORT_TAKEN = /address already in use/
const RELOADED = /Reloaded server configuration/
const RELOAD_ANSWER = /Reloaded server configuration|Failed to reload/

export interface NatsOptions {
  /** The text of its configuration file. The listening address, the ports and the store are ours. */
  config?: string
  /** The executable. Default: `ensureNatsServer`. */
  binary?: string
  /** Default: a free one. */
  port?: number
  /** Where JetStream keeps its streams. Default: a temporary one; `false` turns JetStream off. */
  storeDirectory?: string | false
  /** Told every line of its log. */
  onLine?: (line: string) => void
}

export interface Nats extends AsyncDisposable {
  /** `nats://127.0.0.1:<port>` */
  readonly url: string
  readonly port: number
  /** The monitoring endpoint: `/varz`, `/connz`, `/jsz`, … */
  readonly monitorUrl: string
  readonly pid: number
  /** Its log. */
  readonly lines: readonly string[]
  stop(): Promise<void>
  /** `kill -9` */
  kill(): Promise<void>
  /** Starts it again on the same ports and store, whether it was stopped, killed or still runs. */
  restart(): Promise<void>
  /**
   * Replaces the configuration file, and has the running server read it.
   * @throws {Error} when the server refuses it; it then goes on with the one it has
   */
  reload(config: string): Promise<void>
}

/** @throws {Error} with the end of the server's log when it does not start */
export async function startNats(options: NatsOptions = {}): Promise<Nats> {
  const binary = options.binary ?? (await ensureNatsServer()).path
  const directory = temporaryDirectory('nats').path
  const configFile = join(directory, 'nats-server.conf')
  writeFileSync(configFile, options.config ?? '', { mode: 0o600 })
  const monitorPort = await freePort()
  const store = options.storeDirectory ?? join(directory, 'store')
  const start = (port: number) => {
    const args = ['-c', configFile, '-a', '127.0.0.1', '-p', String(port), '-m', String(monitorPort)]
    if (store !== false) args.push('-js', '-sd', store)
    const { onLine } = options
    return startProgram(binary, {
      name: 'nats-server',
      args,
      cwd: directory,
      ready: READY,
      ...(onLine && { onLine }),
    })
  }
  const first = await onFreePort(start, PORT_TAKEN, options.port)
  const { port } = first
  let { server } = first
  const self: Nats = {
    url: `nats://127.0.0.1:${port}`,
    port,
    monitorUrl: `http://127.0.0.1:${monitorPort}`,
    get pid() {
      return server.pid
    },
    get lines() {
      return server.lines
    },
    stop: async () => void (await server.stop()),
    kill: async () => void (await server.kill()),
    restart: async () => {
      await server.stop()
      server = await start(port)
    },
    reload: (config) => {
      writeFileSync(configFile, config)
      return reload(server)
    },
    [Symbol.asyncDispose]: () => self.stop(),
  }
  return self
}

async function reload(server: Program): Promise<void> {
  const answer = server.nextLine(RELOAD_ANSWER)
  server.signal('SIGHUP')
  const line = await answer
  if (!RELOADED.test(line)) throw new Error(`nats-server refuses the configuration: ${line}`)
}
