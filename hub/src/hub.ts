import { messageOf } from '@roadstead/proto'
import { createAdvance, startAdvancing } from './advance/index.ts'
import { createApi } from './api/index.ts'
import type { HubConfig } from './config/index.ts'
import { type Database, listen, notify } from './db/index.ts'
import { createDispatch } from './dispatch/index.ts'
import { type Edges, type GivenEdges, openEdges } from './edges.ts'
import { createExplainer } from './explain/index.ts'
import { createIdentity } from './identity/index.ts'
import { createIntake } from './intake/index.ts'
import { lead } from './lead.ts'
import { brokerAnswers } from './nats/index.ts'
import { measureFleet } from './readmodel/index.ts'
import { createRenderer } from './render/index.ts'
import { createSource } from './source/index.ts'
import { createTelemetry, type Telemetry } from './telemetry/index.ts'
import { hubVersion } from './version.ts'

export interface Hub {
  /** Where the API answers, with the port that was taken. */
  readonly url: string
  /** Ends what it began, in the opposite order: nothing taken is lost, nothing half written. */
  close(): Promise<void>
}

/**
 * One replica of the hub. Waits until database and broker can be reached.
 *
 * @param given parts of the outside world to use instead of the real ones
 * @throws RoadsteadError when it can not start at all: bad secrets, a port that is taken, a repository that
 *   can not be opened, or the signal
 */
export async function createHub(
  config: HubConfig,
  given: Partial<GivenEdges> = {},
  signal?: AbortSignal,
): Promise<Hub> {
  const telemetry = createTelemetry({
    serviceName: 'roadstead-hub',
    version: hubVersion,
    ...config.telemetry,
  })
  const stack = new AsyncDisposableStack()
  stack.defer(() => telemetry.close())
  try {
    const edges = await openEdges(config, given, telemetry, stack, signal)
    const url = await runStages(config, edges, stack)
    telemetry.logger.info({ url, version: hubVersion }, 'hub ready')
    return { url, close: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/**
 * The stages in the order of the data. Down (the leader alone): source → render → place → dispatch. Up
 * (every replica): intake → read model → API. Returns where the API answers.
 */
async function runStages(config: HubConfig, edges: Edges, stack: AsyncDisposableStack): Promise<string> {
  const { telemetry, database, connection, operator, clock, random } = edges
  const databaseUrl = config.database.url
  const ending = new AbortController()

  const dispatch = createDispatch({ ...edges, databaseUrl, issuer: operator })
  const renderer = createRenderer()
  stack.defer(() => renderer.close())
  const advance = createAdvance({ database, telemetry, renderer, assign: dispatch.assign })
  const source = await createSource(config.git, { telemetry, clock, random, gate: advance.gate })
  stack.defer(() => source.close())
  stack.defer(source.onHead(() => void tellLeader(database, telemetry)))
  const term = async (signal: AbortSignal) => {
    const advancing = startAdvancing({ source, advance, telemetry, signal })
    const calls = listen(databaseUrl, ['rs_source'], advancing.wake)
    await dispatch.run(signal)
    await calls.close()
    await advancing.close()
  }

  const intake = createIntake(edges, { silentAfterMs: config.silentAfterMs })
  stack.defer(() => intake.close())
  measureFleet(telemetry, database, clock)
  const explainer = createExplainer({ database, source })
  stack.defer(() => explainer.close())
  const { urls: natsUrls, agentUrls: natsAgentUrls, certificateAuthority } = config.nats
  const identity = createIdentity(edges, { natsUrls, natsAgentUrls, certificateAuthority })

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
      identity: { ...identity, createToken: (cluster) => identity.createToken(cluster) },
      checks: { broker: () => brokerAnswers(connection) },
      onEvents: (call) => listen(databaseUrl, ['rs_events'], call),
    },
    { ...config.http, version: hubVersion },
  )
  stack.defer(() => api.close())
  return api.listen()
}

/** The push may have come to a replica that does not lead. */
async function tellLeader(database: Database, telemetry: Telemetry): Promise<void> {
  await notify(database, 'rs_source').catch((error: unknown) =>
    telemetry.logger.warn(`the leader was not told of a new head: ${messageOf(error)}`),
  )
}
