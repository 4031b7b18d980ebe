/** What the start of the sandbox looks like, as lines of text. Pure. */
import type { FleetHealth } from '@roadstead/hub/readmodel'

export interface Step {
  readonly name: string
  readonly state: 'waiting' | 'working' | 'done' | 'failed'
  readonly note: string
  /** How long it has taken, so far or in the end. */
  readonly ms: number
}

const MARKS = { waiting: '·', working: '…', done: '✓', failed: '✗' } as const
const BAR_CELLS = 24

/** One line a step, then, once the hub can tell, one line an environment. */
export function frame(steps: readonly Step[], health: FleetHealth | undefined, columns: number): string[] {
  const width = Math.max(0, ...steps.map(({ name }) => name.length))
  const lines = steps.map(({ name, state, note, ms }) => {
    const time = state === 'waiting' ? '' : seconds(ms)
    return `${MARKS[state]} ${name.padEnd(width)} ${time.padStart(8)}  ${note}`
  })
  return [...lines, ...environmentLines(health)].map((line) => line.trimEnd().slice(0, columns - 1))
}

/** `dev      ████████████░░░░░░░░░░░░  1 of 2 clusters healthy` */
export function environmentLines(health: FleetHealth | undefined): string[] {
  const environments = health?.environments ?? []
  const width = Math.max(0, ...environments.map(({ name }) => name.length))
  return environments.map(({ name, clusters, current }) => {
    const done = Math.min(current, clusters.healthy)
    return `  ${name.padEnd(width)}  ${bar(done, clusters.total)}  ${done} of ${clusters.total} clusters healthy`
  })
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

/** Full only when all is done. */
function bar(done: number, total: number): string {
  const filled = total === 0 ? 0 : Math.floor((done / total) * BAR_CELLS)
  return '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled)
}
