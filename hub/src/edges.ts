import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'
import { type Clock, messageOf, RoadsteadError, systemClock } from '@roadstead/proto'
import type { HubConfig } from './config/index.ts'
import { type Database, migrate, openDatabase } from './db/index.ts'
import { connectHub, ensureStreams, loadOperator, type Operator } from './nats/index.ts'
import type { Telemetry } from './telemetry/index.ts'

/** Parts of the outside world that a test may replace. */
export interface GivenEdges {
  readonly clock: Clock
  readonly random: () => number
}

/** Where the hub meets the world, each ready for use. */
export interface Edges extends GivenEdges {
  readonly telemetry: Telemetry
  readonly operator: Operator
  readonly database: Database
  readonly connection: NatsConnection
}

/**
 * Opens database and broker, and waits until both can be reached. What it opened is closed with the stack.
 *
 * @throws RoadsteadError for bad secrets, or when the signal ends the wait
 */
export async function openEdges(
  config: HubConfig,
  given: Partial<GivenEdges>,
  telemetry: Telemetry,
  stack: AsyncDisposableStack,
  signal: AbortSignal | undefined,
): Promise<Edges> {
  const { clock = systemClock, random = Math.random } = given
  const reach = reacher(telemetry, signal)
  const operator = loadOperator(config.nats.secretsDirectory)
  const database = openDatabase(config.database)
  stack.defer(() => database.destroy())
  await reach('the database', () => migrate(database))
  const { urls, certificateAuthority } = config.nats
  const credentials = operator.hubCredentials
  const connection = await reach('the broker', () =>
    connectHub({ urls, certificateAuthority, credentials, name: 'roadstead-hub' }),
  )
  stack.defer(() => connection.close())
  await reach("the broker's store", () => ensureStreams(connection))
  return { clock, random, telemetry, operator, database, connection }
}

const reachPauseMs = { min: 250, max: 5_000 }

/** A hub that starts before its neighbours waits for them, and says so. */
const reacher =
  (telemetry: Telemetry, signal: AbortSignal | undefined) =>
  async <T>(what: string, attempt: () => Promise<T>): Promise<T> => {
    for (let pauseMs = reachPauseMs.min; ; pauseMs = Math.min(pauseMs * 2, reachPauseMs.max)) {
      try {
        return await attempt()
      } catch (error) {
        telemetry.logger.warn(`${what} can not be reached yet: ${messageOf(error)}`)
      }
      await sleep(pauseMs, undefined, signal ? { signal } : {}).catch(() => {})
      if (signal?.aborted) throw new RoadsteadError('cancelled', `ended while waiting for ${what}`)
    }
  }
