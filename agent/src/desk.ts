import type { Assignment, RoadsteadError } from '@roadstead/proto'
import type { Releases } from './inbox/index.ts'
import type { Statement } from './outbox/index.ts'
import { problemOf, type Reconciler } from './reconcile/index.ts'
import type { Telemetry } from './telemetry/index.ts'

export interface DeskEdges {
  readonly telemetry: Telemetry
  readonly reconciler: Reconciler
  readonly releases: Releases
  readonly report: (statement: Statement) => void
}

/** Hands on what the inbox decided: a receipt to the hub, the assignment to the reconciler. */
export interface Desk {
  readonly accepted: Assignment | undefined
  accept(assignment: Assignment): void
  refuse(error: RoadsteadError, generation: number | undefined): void
  /** An assignment that an earlier run accepted: enforced again, and not reported again. */
  resume(assignment: Assignment): void
  repeat(): void
}

export function createDesk({ telemetry, reconciler, releases, report }: DeskEdges): Desk {
  let accepted: Assignment | undefined

  const receiptOf = ({ generation }: Assignment) => ({ kind: 'receipt', generation, accepted: true }) as const

  return {
    get accepted() {
      return accepted
    },
    accept(assignment) {
      accepted = assignment
      const { generation, apps } = assignment
      const traceparent = telemetry.assignmentAccepted(generation, apps.length, assignment.traceparent)
      report({ ...receiptOf(assignment), ...(traceparent ? { traceparent } : {}) })
      reconciler.assign(assignment, traceparent)
      const wanted = new Set(apps.map(({ release }) => release))
      void releases.keepOnly(wanted).catch((error) => telemetry.trouble('clearing old releases', error))
    },
    refuse(error, generation) {
      telemetry.assignmentRefused(error.code, generation, error.message)
      // A replica that lags behind, or a replay: what counts is in force, and the hub knows it.
      if (generation === undefined || error.code === 'stale-generation') return
      report({ kind: 'receipt', generation, accepted: false, problem: problemOf(error) })
    },
    resume(assignment) {
      accepted = assignment
      reconciler.assign(assignment, undefined)
    },
    repeat() {
      if (accepted) report(receiptOf(accepted))
      reconciler.repeat()
    },
  }
}
