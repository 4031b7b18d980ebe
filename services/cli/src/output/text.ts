import { stripVTControlCharacters } from 'node:util'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Text from a cluster or a commit, safe on a terminal: in one line, without escape sequences and other
 * control characters, which could move the cursor, or turn the line around, to pretend something else.
 */
export function plainLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/\p{Bidi_Control}/gu, '')
    .trim()
}

/** Characters as a reader counts them; colours do not count. */
export function visibleWidth(text: string): number {
  const bare = stripVTControlCharacters(text)
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length
  return [...graphemes.segment(bare)].length
}

/** Cut to `width` characters, the last of them `…` where something is missing. For text without colours. */
export function truncate(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text
  if (width <= 0) return ''
  const kept = [...graphemes.segment(text)].slice(0, width - 1).map(({ segment }) => segment)
  return `${kept.join('').trimEnd()}…`
}

/** As `truncate`, where the end says more than the beginning. */
export function truncateStart(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text
  if (width <= 0) return ''
  const kept = [...graphemes.segment(text)].slice(1 - width).map(({ segment }) => segment)
  return `…${width === 1 ? '' : kept.join('')}`
}

/** The words of a text in lines of at most `width` characters; a longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && visibleWidth(line) + 1 + visibleWidth(word) > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  if (line !== '') lines.push(line)
  return lines
}
