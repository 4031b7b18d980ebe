import { startPostgres } from '@roadstead/test/harness'
import { portOf } from '../state/index.ts'
import type { Surroundings } from './launch.ts'
import type { Part } from './part.ts'

export interface PostgresPart extends Part {
  /** Of its database; known once it has been started. */
  readonly url: string
}

/** The real server, and unlike in tests one whose commits survive a crash of the machine. */
export function postgresPart({ paths, ports, ledger, logs }: Surroundings): PostgresPart {
  let url: string | undefined
  return {
    name: 'PostgreSQL',
    get url() {
      if (url === undefined) throw new Error('PostgreSQL has not been started')
      return url
    },
    async start() {
      const startedMs = Date.now()
      const server = await startPostgres({
        dataDirectory: paths.postgres,
        port: portOf(ports, 'postgres'),
        durable: true,
        ownGroup: true,
        onLine: (line) => logs.write('postgres', line),
      })
      url = server.url
      const { pid } = server
      const command = `postgres -D ${server.dataDirectory}`
      ledger.add({ name: 'PostgreSQL', pid, startedMs, command, stopSignal: 'SIGINT' })
      void server.exited.then(() => ledger.remove(pid))
      return server
    },
  }
}
