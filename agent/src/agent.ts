import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Answer,
  type Assignment,
  decodeAsk,
  encodeAnswer,
  type Heartbeat,
  RoadsteadError,
  stateDigest,
  timeText,
  trustKeys,
} from '@roadstead/proto'
import type { AgentConfig } from './config/index.ts'
import { type Edges, openEdges } from './edges.ts'
import { createInbox, createReleases } from './inbox/index.ts'
import { createInventory } from './inventory/index.ts'
import { createObserver, type DriftFacts, keepDrifts, restoreDrifts } from './observe/index.ts'
import { beat, createOutbox, type Statement } from './outbox/index.ts'
import { appLabel, problemOf, Reconciler } from './reconcile/index.ts'
import { createTelemetry, type Telemetry } from './telemetry/index.ts'
import { agentVersion } from './version.ts'

export interface Agent {
  /**
   * Runs until the signal is aborted, then ends what it began and resolves. Without broker or API server
   * it goes on with what it has.
   *
   * @throws RoadsteadError when it can not even start: no identity, no way to the API server, a state
   *   directory that can not be read
   */
  run(signal: AbortSignal): Promise<void>
  /** How often each business event happened; for tests and for those who look into a process. */
  readonly counts: ReadonlyMap<string, number>
}

const versionRetryMs = 30_000

/**
 * One agent of one cluster. Several can live in one process: nothing here is global.
 *
 * @param given parts of the outside world to use instead of the real ones
 */
export function createAgent(config: AgentConfig, given: Partial<Edges> = {}): Agent {
  let telemetry: Telemetry | undefined
  return {
    get counts() {
      return telemetry?.counts ?? new Map()
    },
    async run(signal) {
      const edges = await openEdges(config, given, signal)
      telemetry = createTelemetry(config.cluster, edges.log, edges.tracing?.tracer)
      await runAgent(config, edges, telemetry, signal)
    },
  }
}

/** The stages in the order of the data: inbox → reconcile → observe → outbox. */
async function runAgent(
  config: AgentConfig,
  edges: Edges,
  telemetry: Telemetry,
  signal: AbortSignal,
): Promise<void> {
  const { cluster } = config
  const { link, kube, store, clock, random } = edges
  const onTrouble = (what: string) => (error: unknown) => telemetry.trouble(what, error)

  const outbox = createOutbox({ cluster, link, store, clock, random, onTrouble: onTrouble('reporting') })
  const report = (statement: Statement) => outbox.put(statement)

  const inventory = createInventory(store, kube, config.systemNamespace)
  const releases = createReleases(link, store, random)

  const observer = createObserver({
    kube,
    clock,
    random,
    selector: appLabel,
    ownershipOf: (key) => reconciler.ownershipOf(key),
    ownedKeys: (apiVersion, kind) => reconciler.ownedKeys(apiVersion, kind),
    correct: (key, ending) => reconciler.correct(key, ending),
    onChange: (app) => reconciler.changed(app),
    onDrift(facts: DriftFacts) {
      telemetry.drift(facts)
      report(facts)
      drifts.changed()
    },
    onTrouble: onTrouble('observing'),
  })
  const drifts = keepDrifts(observer, store, onTrouble('remembering drift'))

  const reconciler = new Reconciler({
    kube,
    inventory,
    observer,
    clock,
    random,
    telemetry,
    readRelease: releases.read,
    report,
  })

  const receipt = (generation: number): Statement => ({ kind: 'receipt', generation, accepted: true })
  let accepted: Assignment | undefined
  const inbox = createInbox({
    cluster,
    trusted: trustKeys(edges.identity.assignmentKeys),
    link,
    store,
    releases,
    random,
    onAccepted(assignment) {
      accepted = assignment
      const { generation, apps } = assignment
      const traceparent = telemetry.assignmentAccepted(generation, apps.length, assignment.traceparent)
      report({ ...receipt(generation), ...(traceparent ? { traceparent } : {}) } as Statement)
      reconciler.assign(assignment, traceparent)
      const wanted = new Set(apps.map(({ release }) => release))
      void releases.keepOnly(wanted).catch(onTrouble('clearing old releases'))
    },
    onRefused(error, generation) {
      telemetry.assignmentRefused(error.code, generation, error.message)
      if (generation === undefined || error.code === 'stale-generation') return
      report({ kind: 'receipt', generation, accepted: false, problem: problemOf(error) })
    },
  })

  const answer = async (request: Uint8Array): Promise<Answer> => {
    const ask = decodeAsk(request)
    if (ask.kind === 'fetch') inbox.fetchNow()
    else {
      if (accepted) report(receipt(accepted.generation))
      reconciler.repeat()
      for (const facts of observer.openDrifts().values()) report(facts)
    }
    return { kind: 'ok' }
  }
  link.onAsk(async (request) => encodeAnswer(await answer(request).catch(asAnswer)))

  let kubernetesVersion: string | undefined
  const heartbeat = (): Heartbeat => {
    const apps = reconciler.statuses()
    const sum = (count: (one: (typeof apps)[number]) => number) =>
      apps.reduce((all, one) => all + count(one), 0)
    return {
      boot: outbox.boot,
      at: timeText(clock.now()),
      ...(accepted ? { generation: accepted.generation } : {}),
      stateDigest: stateDigest(apps.map(digestFacts)),
      agentVersion,
      ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
      counts: {
        apps: apps.length,
        objects: sum(({ objects }) => objects.total),
        drifted: sum(({ objects }) => objects.drifted),
        unsent: outbox.unsent,
      },
    }
  }
  const askVersion = async (): Promise<void> => {
    while (!signal.aborted && kubernetesVersion === undefined) {
      kubernetesVersion = await kube.version(signal).catch(() => undefined)
      if (kubernetesVersion === undefined) await sleep(versionRetryMs, undefined, { signal }).catch(() => {})
    }
  }

  await outbox.load()
  await inventory.load()
  await restoreDrifts(observer, store)
  accepted = await inbox.restore().catch((error: unknown) => {
    // Without it nothing is enforced and nothing removed, until the hub has been heard.
    telemetry.trouble('reading the accepted assignment', error)
    return undefined
  })
  if (accepted) reconciler.assign(accepted, undefined)
  try {
    await Promise.all([
      observer.run(signal),
      reconciler.run(signal),
      outbox.run(signal),
      inbox.run(signal),
      beat(link, heartbeat, random, signal),
      askVersion(),
      link.run(signal),
    ])
  } finally {
    await drifts.flush()
    kube.close()
    await edges.tracing?.close()
  }
}

const asAnswer = (error: unknown): Answer => ({
  kind: 'error',
  problem: problemOf(
    error instanceof RoadsteadError ? error : new RoadsteadError('internal', 'failed', { cause: error }),
  ),
})

function digestFacts(one: ReturnType<Reconciler['statuses']>[number]) {
  return {
    app: one.app,
    phase: one.phase,
    release: one.release,
    accepted: one.accepted?.generation,
    applied: one.applied?.generation,
    healthy: one.healthy?.generation,
    health: one.health.status,
    drifted: one.objects.drifted,
  }
}
