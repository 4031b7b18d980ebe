import type { AppName, AppPhase, AssignedApp, Problem } from '@roadstead/proto'
import type { AppRecord } from '../inventory/index.ts'
import type { DesiredApp } from './desired.ts'

/** One app as the reconciler carries it: what is wanted, what is known, and the run that brings them together. */
export interface AppTask {
  readonly app: AppName
  readonly record: AppRecord
  /** Absent for an app that the assignment does not list any more. */
  assigned: AssignedApp | undefined
  /** The content that `assigned` amounts to here; see `contentOf`. */
  content: string
  /** What is enforced now; absent until the release was read. */
  desired: DesiredApp | undefined
  /** The content `desired` was made from. */
  desiredContent: string
  phase: AppPhase
  problems: Map<string, Problem>
  retained: number
  /** Runs that failed in a row. */
  failures: number
  /** Ends the run under way, if there is one. */
  stop: AbortController | undefined
  timer: NodeJS.Timeout | undefined
  /** Asked for again while a run was under way. */
  again: boolean
  unhealthySinceMs: number | undefined
  /** W3C trace context of the assignment that brought the current content. */
  traceparent: string | undefined
}

export const newTask = (record: AppRecord): AppTask => ({
  app: record.app,
  record,
  assigned: undefined,
  content: '',
  desired: undefined,
  desiredContent: '',
  phase: record.applied && record.applied.generation === record.since ? 'applied' : 'waiting',
  problems: new Map(),
  retained: 0,
  failures: 0,
  stop: undefined,
  timer: undefined,
  again: false,
  unhealthySinceMs: undefined,
  traceparent: undefined,
})
