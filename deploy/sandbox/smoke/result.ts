/** What the smoke run found, line by line. Pure. */

export interface Result {
  readonly what: string
  readonly measured: string
  /** What it should be; absent where there is nothing to miss. */
  readonly target?: string
  readonly met?: boolean
}

const MARK = { met: 'ok', missed: 'MISSED', none: '' } as const

/** Aligned columns, one line a result. */
export function table(results: readonly Result[]): string {
  const rows = [
    ['', 'measured', 'target', ''],
    ...results.map(({ what, measured, target = '', met }) => [
      what,
      measured,
      target,
      MARK[met === undefined ? 'none' : met ? 'met' : 'missed'],
    ]),
  ]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A result with a target below which the figure must stay. */
export function below(what: string, figure: number, limit: number, show: (figure: number) => string) {
  return { what, measured: show(figure), target: `< ${show(limit)}`, met: figure < limit }
}

/** The nearest-rank percentile: a value that was measured, not one in between. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = Math.ceil((percent / 100) * sorted.length)
  const value = sorted[Math.max(0, rank - 1)]
  if (value === undefined) throw new Error('there is no percentile of nothing')
  return value
}

/** `420 ms`, `1.3 s` */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}

/** `p50 210 ms, max 340 ms` */
export function spread(values: readonly number[]): string {
  return `p50 ${duration(percentile(values, 50))}, max ${duration(Math.max(...values))}`
}
