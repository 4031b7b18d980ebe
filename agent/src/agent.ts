import { trustKeys } from '@roadstead/proto'
import type { AgentConfig } from './config/index.ts'
import { createDesk } from './desk.ts'
import { type Edges, openEdges } from './edges.ts'
import { createInbox, createReleases } from './inbox/index.ts'
import { createInventory } from './inventory/index.ts'
import { watchVersion } from './kube/index.ts'
import { createObserver, keepDrifts, restoreDrifts } from './observe/index.ts'
import { answerAsk, beat, composeHeartbeat, createOutbox, type Statement } from './outbox/index.ts'
import { appLabel, Reconciler } from './reconcile/index.ts'
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
  const troubleIn = (what: string) => (error: unknown) => telemetry.trouble(what, error)

  const outbox = createOutbox({ cluster, link, store, clock, random, onTrouble: troubleIn('reporting') })
  const report = (statement: Statement) => outbox.put(statement)
  const inventory = createInventory(store, kube, config.systemNamespace)
  const { assignmentKeys, clusterKey } = edges.identity
  const releases = createReleases({ cluster, clusterKey, link, store, random })

  const observer = createObserver({
    kube,
    clock,
    random,
    selector: appLabel,
    ownershipOf: (key) => reconciler.ownershipOf(key),
    ownedKeys: (apiVersion, kind) => reconciler.ownedKeys(apiVersion, kind),
    correct: (key, ending) => reconciler.correct(key, ending),
    onChange: (app) => reconciler.changed(app),
    onDrift(facts) {
      telemetry.drift(facts)
      report(facts)
      drifts.changed()
    },
    onTrouble: troubleIn('observing'),
  })
  const drifts = keepDrifts(observer, store, troubleIn('remembering drift'))

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
  const desk = createDesk({ telemetry, reconciler, releases, report })
  const inbox = createInbox({
    cluster,
    trusted: trustKeys(assignmentKeys),
    link,
    store,
    releases,
    random,
    onAccepted: desk.accept,
    onRefused: desk.refuse,
  })
  const repeat = () => {
    desk.repeat()
    for (const facts of observer.openDrifts().values()) report(facts)
  }
  link.onAsk(async (request) => answerAsk(request, { fetch: inbox.fetchNow, repeat }))

  const version = watchVersion(kube)
  const heartbeat = () =>
    composeHeartbeat({
      boot: outbox.boot,
      unsent: outbox.unsent,
      nowMs: clock.now(),
      agentVersion,
      generation: desk.accepted?.generation,
      kubernetesVersion: version.current,
      apps: reconciler.statuses(),
    })

  await outbox.load()
  await inventory.load()
  await restoreDrifts(observer, store)
  // A remembered assignment that can not be read enforces nothing and removes nothing: the hub has another.
  const restored = await inbox.restore().catch(troubleIn('reading the accepted assignment'))
  if (restored) desk.resume(restored)
  try {
    await Promise.all([
      observer.run(signal),
      reconciler.run(signal),
      outbox.run(signal),
      inbox.run(signal),
      beat(link, heartbeat, random, signal),
      version.run(signal),
      link.run(signal),
    ])
  } finally {
    await drifts.flush()
    kube.close()
    await edges.tracing?.close()
  }
}
