import type { Colors } from 'picocolors/types.js'
import { type Cell, cellText, paintCell } from './cell.ts'
import { truncate, visibleWidth, wrap } from './text.ts'

export interface Column {
  readonly title: string
  /** May be cut when the table is wider than the terminal; the widest such column gives way first. */
  readonly shrinks?: boolean
  readonly align?: 'left' | 'right'
}

export interface TableLayout {
  readonly colors: Colors
  /** Undefined: as wide as the content. */
  readonly width: number | undefined
}

const gap = '  '
/** No column is cut below this. */
const narrowestColumn = 6

/** One line of a table. An absent value is a dash, so that every row has every column. */
export interface Row {
  readonly cells: readonly Cell[]
  /** Lines below it, indented and wrapped: what does not fit a column, and is worth reading in full. */
  readonly below?: readonly string[]
}

/** Columns of text two spaces apart under their titles: readable, and ready for `awk` where it is not cut. */
export function table(columns: readonly Column[], rows: readonly Row[], layout: TableLayout): string {
  const texts = rows.map(({ cells }) => columns.map((_, index) => cellText(cells[index]) || '-'))
  const natural = columns.map(({ title }, index) =>
    Math.max(visibleWidth(title), ...texts.map((row) => visibleWidth(row[index] ?? ''))),
  )
  const widths = layout.width === undefined ? natural : fit(columns, natural, layout.width)
  const line = (cells: readonly string[], paint: (text: string, index: number) => string) =>
    columns
      .map(({ align }, index) => {
        const width = widths[index] ?? 0
        const text = truncate(cells[index] ?? '', width)
        const padding = ' '.repeat(width - visibleWidth(text))
        return align === 'right' ? padding + paint(text, index) : paint(text, index) + padding
      })
      .join(gap)
      .trimEnd()
  const titles = columns.map(({ title }) => title)
  const lines = [line(titles, (text) => layout.colors.dim(text))]
  rows.forEach(({ cells, below = [] }, index) => {
    lines.push(line(texts[index] ?? [], (text, column) => paintCell(cells[column], text)))
    lines.push(
      ...below.flatMap((text) => indented(text, layout.width)).map((text) => layout.colors.dim(text)),
    )
  })
  return `${lines.join('\n')}\n`
}

/** Wrapped, with what continues a line further in, so that it does not look like the next one. */
function indented(text: string, width: number | undefined): string[] {
  const plain = cellText(text)
  if (width === undefined) return [`${gap}${plain}`]
  return wrap(plain, width - 2 * gap.length).map((line, index) => `${index === 0 ? gap : gap + gap}${line}`)
}

/** Takes characters off the widest column that may shrink until the table fits, or none may any more. */
function fit(columns: readonly Column[], natural: readonly number[], width: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, each) => sum + each, gap.length * (columns.length - 1)) - width
  while (excess > 0) {
    let widest = -1
    for (const [index, column] of columns.entries()) {
      if (column.shrinks && widths[index]! > Math.max(narrowestColumn, widths[widest] ?? 0)) widest = index
    }
    if (widest === -1) break
    widths[widest] = widths[widest]! - 1
    excess -= 1
  }
  return widths
}
