import type { AppReport, DriftReport, Receipt, Report } from '@roadstead/proto'
import { refKey } from '../kube/index.ts'

/** What a stage has to say; the outbox adds the number and the time. */
export type Statement = Omit<Receipt, Numbering> | Omit<AppReport, Numbering> | Omit<DriftReport, Numbering>
type Numbering = 'boot' | 'seq' | 'at'

/**
 * Reports of one key replace each other while they wait: an app's state is whole in each of them, a drift
 * is told by its last word, a receipt by the verdict on its generation.
 */
export function coalescingKey(statement: Statement): string {
  switch (statement.kind) {
    case 'receipt':
      return `receipt/${statement.generation}`
    case 'app':
      return `app/${statement.app}`
    case 'drift':
      return `drift/${statement.app}/${refKey(statement.object)}`
  }
}

/**
 * Makes room in a full outbox. Drift that is over goes first, then the oldest of all drift; what apps and
 * assignments say is never dropped, and can not grow without bound because it replaces itself.
 *
 * @returns the keys to drop
 */
export function overflowing(waiting: ReadonlyMap<string, Report>, maxReports: number): string[] {
  const excess = waiting.size - maxReports
  if (excess <= 0) return []
  const drifts = [...waiting].filter(([, { kind }]) => kind === 'drift')
  const over = drifts.filter(([, report]) => report.kind === 'drift' && report.state !== 'open')
  const still = drifts.filter(([, report]) => report.kind === 'drift' && report.state === 'open')
  return [...over, ...still].slice(0, excess).map(([key]) => key)
}
