const barWidth = 20

/** `done` of `total` as a bar of fixed width. Full only when all is done, empty only when nothing is. */
export function bar(done: number, total: number): string {
  const filled = total === 0 ? 0 : filledCells(done / total)
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled)
}

function filledCells(share: number): number {
  if (share <= 0) return 0
  if (share >= 1) return barWidth
  return Math.min(barWidth - 1, Math.max(1, Math.round(share * barWidth)))
}
