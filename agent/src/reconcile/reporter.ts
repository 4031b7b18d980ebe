import { type Clock, canonicalJson, timeText } from '@roadstead/proto'
import type { Inventory } from '../inventory/index.ts'
import type { Observer } from '../observe/index.ts'
import type { Statement } from '../outbox/index.ts'
import type { Telemetry } from '../telemetry/index.ts'
import { type AppFacts, type AppStatus, deadlineMs, statusOf } from './status.ts'
import type { AppTask } from './task.ts'

export interface ReporterEdges {
  readonly observer: Observer
  readonly inventory: Inventory
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly report: (statement: Statement) => void
  /** An app became healthy at its current content. */
  readonly onSettled: (task: AppTask) => void
}

/** Turns what is known of a task into reports: only news, and the last of many that come at once. */
export interface Reporter {
  changed(task: AppTask): void
  repeat(tasks: Iterable<AppTask>): void
  said(): readonly AppFacts[]
  stop(): void
}

/** Long enough for a burst of events to become one report, short enough not to be noticed. */
const gatherMs = 20

export function createReporter(edges: ReporterEdges): Reporter {
  const { clock, observer } = edges
  const said = new Map<string, { facts: AppFacts; text: string }>()
  const gathering = new Map<AppTask, NodeJS.Timeout>()
  const deadlines = new Map<AppTask, NodeJS.Timeout>()

  const evaluate = (task: AppTask): AppStatus => {
    const status = statusOf({
      record: task.record,
      desired: task.desired,
      phase: task.phase,
      problems: task.problems,
      retained: task.retained,
      verdictOf: (key) => observer.verdictOf(key),
      drifted: driftsOf(task.app),
      unhealthySinceMs: task.unhealthySinceMs,
      nowMs: clock.now(),
    })
    return status
  }

  const driftsOf = (app: string): number =>
    [...observer.openDrifts().values()].filter((drift) => drift.app === app).length

  /** Once an app is healthy at what is wanted, that stays a fact, whatever happens later. */
  const noteMilestone = (task: AppTask): void => {
    const { record } = task
    if (record.healthy?.generation === record.since) return
    record.healthy = { generation: record.since, at: timeText(clock.now()) }
    edges.telemetry.appHealthy(task.app, record.since, task.traceparent)
    const trouble = (error: unknown) => edges.telemetry.trouble('saving an inventory', error)
    void edges.inventory.save(record).catch(trouble)
    edges.onSettled(task)
  }

  const watchDeadline = (task: AppTask, settled: boolean): void => {
    if (settled || task.phase !== 'applied') {
      task.unhealthySinceMs = undefined
      clearTimeout(deadlines.get(task))
      deadlines.delete(task)
    } else if (task.unhealthySinceMs === undefined) {
      task.unhealthySinceMs = clock.now()
      const waitMs = deadlineMs(task.record, task.unhealthySinceMs) - clock.now() + 1
      deadlines.set(
        task,
        setTimeout(() => publish(task, false), waitMs),
      )
    }
  }

  const publish = (task: AppTask, again: boolean): void => {
    clearTimeout(gathering.get(task))
    gathering.delete(task)
    let status = evaluate(task)
    watchDeadline(task, status.settled)
    if (status.settled) {
      noteMilestone(task)
      status = evaluate(task)
    }
    const { facts } = status
    const text = canonicalJson(facts)
    if (!again && said.get(task.app)?.text === text) return
    const before = said.get(task.app)?.facts
    if (before?.phase !== facts.phase || before.health.status !== facts.health.status) {
      edges.telemetry.appChanged(task.app, facts.phase, facts.health.status, facts.health.reason)
    }
    if (facts.phase === 'removed') said.delete(task.app)
    else said.set(task.app, { facts, text })
    edges.report({ ...facts, ...(task.traceparent ? { traceparent: task.traceparent } : {}) })
    // The trace of a change ends with its health; what happens later has other causes.
    if (status.settled) task.traceparent = undefined
  }

  return {
    changed(task) {
      if (gathering.has(task)) return
      gathering.set(
        task,
        setTimeout(() => publish(task, false), gatherMs),
      )
    },
    repeat(tasks) {
      for (const task of tasks) if (task.phase !== 'removed') publish(task, true)
    },
    said: () => [...said.values()].map(({ facts }) => facts),
    stop() {
      for (const timer of [...gathering.values(), ...deadlines.values()]) clearTimeout(timer)
    },
  }
}
