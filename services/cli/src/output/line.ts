import type { Formatter } from 'picocolors/types.js'
import { truncate, visibleWidth } from './text.ts'

/** A part of a line: plain text, spaces and all, and how it is painted. */
export type Span = string | { readonly text: string; readonly paint: Formatter }

/** Spans side by side in one line, cut to `width` characters where there is one; painted after that. */
export function lineOf(spans: readonly Span[], width: number | undefined): string {
  let left = width ?? Number.POSITIVE_INFINITY
  const painted = spans.map((span) => {
    const { text, paint } = typeof span === 'string' ? { text: span, paint: String } : span
    const shown = truncate(text, left)
    left -= visibleWidth(shown)
    return paint(shown)
  })
  return `${painted.join('')}\n`
}
