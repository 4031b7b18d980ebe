import { createOperator, serverConfig } from '@roadstead/hub/nats'
import { ensureNatsServer } from '../../install/nats-server.mjs'
import { portOf, writePrivate } from '../state/index.ts'
import { launch, type Surroundings } from './launch.ts'
import type { Part } from './part.ts'

const READY = /Server is ready/
const MAX_STORE_BYTES = 1024 * 1024 * 1024

export interface NatsPart extends Part {
  readonly url: string
}

/** The broker, with keys that were made for this state directory, and the two accounts that hub and agents live in. */
export function natsPart(surroundings: Surroundings): NatsPart {
  const { paths, ports } = surroundings
  const address = `127.0.0.1:${portOf(ports, 'nats')}`
  return {
    name: 'NATS',
    url: `nats://${address}`,
    async start() {
      const config = serverConfig(createOperator(paths.secrets), {
        serverName: 'roadstead-sandbox',
        listen: address,
        accountsDirectory: paths.nats.accounts,
        storeDirectory: paths.nats.store,
        maxStoreBytes: MAX_STORE_BYTES,
      })
      writePrivate(paths.nats.config, config)
      const { path: command } = await ensureNatsServer()
      return launch('nats', surroundings, { command, args: ['-c', paths.nats.config], ready: READY })
    },
  }
}
