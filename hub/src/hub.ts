import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, messageOf, RoadsteadError, systemClock } from '@roadstead/proto'
import { createAdvance, startAdvancing } from './advance/index.ts'
import { createApi } from './api/index.ts'
import type { HubConfig } from './config/index.ts'
import { type Database, listen, migrate, notify, openDatabase } from './db/index.ts'
import { createDispatch } from './dispatch/index.ts'
import { createExplainer } from './explain/index.ts'
import { createIdentity } from './identity/index.ts'
import { createIntake } from './intake/index.ts'
import { lead } from './lead.ts'
import { brokerAnswers, connectHub, ensureStreams, loadOperator } from './nats/index.ts'
import { measureFleet } from './readmodel/index.ts'
import { createRenderer } from './render/index.ts'
import { createSource } from './source/index.ts'
import { createTelemetry, type Telemetry } from './telemetry/index.ts'
import { hubVersion } from './version.ts'

/** Parts of the outside world that a test may replace. */
export interface HubEdges {
  readonly clock: Clock
  readonly random: () => number
}

export interface Hub {
  /** Where the API answers, with the port that was taken. */
  readonly url: string
  /** Ends what it began, in the opposite order: nothing taken is lost, nothing half written. */
  close(): Promise<void>
}

/**
 * One replica of the hub: the stages in the order of the data. Down (the leader alone): source → render →
 * place → dispatch. Up (every replica): intake → read model → API.
 *
 * Waits until database and broker can be reached.
 *
 * @throws RoadsteadError when it can not start at all: bad secrets, a port that is taken, a repository that
 *   can not be opened, or the signal
 */
export async function createHub(
  config: HubConfig,
  given: Partial<HubEdges> = {},
  signal?: AbortSignal,
): Promise<Hub> {
  const { clock = systemClock, random = Math.random } = given
  const telemetry = createTelemetry({
    serviceName: 'roadstead-hub',
    version: hubVersion,
    ...config.telemetry,
  })
  const stack = new AsyncDisposableStack()
  stack.defer(() => telemetry.close())
  try {
    const operator = loadOperator(config.nats.secretsDirectory)
    const database = openDatabase(config.database)
    stack.defer(() => database.destroy())
    await reach('the database', () => migrate(database), telemetry, signal)
    const connection = await reach('the broker', () => connectBroker(config, operator), telemetry, signal)
    stack.defer(() => connection.close())
    await reach("the broker's store", () => ensureStreams(connection), telemetry, signal)

    const shared = { database, telemetry, clock, random, connection }
    const databaseUrl = config.database.url
    const dispatch = createDispatch({ ...shared, databaseUrl, issuer: operator })
    measureFleet(telemetry, database, clock)
    const renderer = createRenderer()
    stack.defer(() => renderer.close())
    const advance = createAdvance({ database, telemetry, renderer, assign: dispatch.assign })
    const source = await createSource(config.git, { telemetry, clock, random, gate: advance.gate })
    stack.defer(() => source.close())
    const explainer = createExplainer({ database, source })
    stack.defer(() => explainer.close())
    const { urls: natsUrls, agentUrls: natsAgentUrls, certificateAuthority } = config.nats
    const identity = createIdentity(
      { ...shared, operator },
      { natsUrls, natsAgentUrls, certificateAuthority },
    )
    const intake = createIntake(shared, { silentAfterMs: config.silentAfterMs })
    stack.defer(() => intake.close())

    const ending = new AbortController()
    stack.defer(source.onHead(() => void tellLeader(database, telemetry)))
    const term = async (termSignal: AbortSignal) => {
      const advancing = startAdvancing({ source, advance, telemetry, signal: termSignal })
      const calls = listen(databaseUrl, ['rs_source'], advancing.wake)
      await dispatch.run(termSignal)
      await calls.close()
      await advancing.close()
    }
    const running = [
      identity.run(ending.signal),
      ...(config.lead ? [lead({ databaseUrl, telemetry, random }, term, ending.signal)] : []),
    ]
    stack.defer(async () => {
      ending.abort()
      await Promise.all(running)
    })

    const api = await createApi(
      {
        database,
        telemetry,
        clock,
        source,
        explainer,
        identity: {
          createToken: (cluster) => identity.createToken(cluster),
          enrol: identity.enrol,
          revoke: (cluster) => identity.revoke(cluster),
        },
        checks: { broker: () => brokerAnswers(connection) },
        onEvents: (call) => listen(databaseUrl, ['rs_events'], call),
      },
      { ...config.http, version: hubVersion },
    )
    stack.defer(() => api.close())
    const url = await api.listen()
    telemetry.logger.info({ url, version: hubVersion }, 'hub ready')
    return { url, close: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

function connectBroker({ nats }: HubConfig, operator: ReturnType<typeof loadOperator>) {
  const { urls, certificateAuthority } = nats
  return connectHub({
    urls,
    certificateAuthority,
    credentials: operator.hubCredentials,
    name: 'roadstead-hub',
  })
}

const reachPauseMs = { min: 250, max: 5_000 }

/** A hub that starts before its neighbours waits for them, and says so. */
async function reach<T>(
  what: string,
  attempt: () => Promise<T>,
  telemetry: Telemetry,
  signal: AbortSignal | undefined,
): Promise<T> {
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

/** The push may have come to a replica that does not lead. */
async function tellLeader(database: Database, telemetry: Telemetry): Promise<void> {
  await notify(database, 'rs_source').catch((error: unknown) =>
    telemetry.logger.warn(`the leader was not told of a new head: ${messageOf(error)}`),
  )
}
