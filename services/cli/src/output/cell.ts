import type { Formatter } from 'picocolors/types.js'
import { plainLine } from './text.ts'

/** A value to print, and how it is painted once its place is known. */
export type Cell = string | number | null | undefined | { readonly text: string; readonly paint: Formatter }

/** The cell's text in one plain line; empty for an absent value. */
export const cellText = (cell: Cell): string => plainLine(String((isPainted(cell) ? cell.text : cell) ?? ''))

/** `text` (the cell's own, or what is left of it after cutting) in the cell's colour. */
export const paintCell = (cell: Cell, text: string): string => (isPainted(cell) ? cell.paint(text) : text)

const isPainted = (cell: Cell) => typeof cell === 'object' && cell !== null
