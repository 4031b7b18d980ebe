import type { Colors } from 'picocolors/types.js'
import { type Cell, cellText, paintCell } from './cell.ts'

/** `name   value` lines; a fact without a value is left out. */
export function facts(entries: readonly (readonly [string, Cell])[], colors: Colors): string {
  const known = entries.filter(([, cell]) => cellText(cell) !== '')
  const width = Math.max(0, ...known.map(([name]) => name.length))
  return known
    .map(([name, cell]) => `${colors.dim(name.padEnd(width))}  ${paintCell(cell, cellText(cell))}\n`)
    .join('')
}
