/** Character codes, and the questions that YAML asks about them. */

export const tab = 9
export const newline = 10
export const space = 32
export const doubleQuote = 34
export const hash = 35
export const percent = 37
export const singleQuote = 39
export const plus = 43
export const comma = 44
export const dash = 45
export const dot = 46
export const colon = 58
export const questionMark = 63
export const openBracket = 91
export const backslash = 92
export const closeBracket = 93
export const openBrace = 123
export const pipe = 124
export const closeBrace = 125

export function isBracket(code: number): boolean {
  return code === openBracket || code === closeBracket || code === openBrace || code === closeBrace
}

export function isBlank(code: number): boolean {
  return code === space || code === tab
}

/** The end of the text counts as a break; its code is NaN. */
export function isBreakOrBlank(code: number): boolean {
  return code === space || code === newline || code === tab || Number.isNaN(code)
}

/** `# , [ ] { } & * ! | > ' " % @` and the backtick cannot start a plain scalar. */
const indicators = new Set(Array.from('#,[]{}&*!|>\'"%@`\n\t', (character) => character.charCodeAt(0)))

export function startsPlain(source: string, at: number): boolean {
  const code = source.charCodeAt(at)
  if (code === dash || code === colon || code === questionMark) {
    const next = source.charCodeAt(at + 1)
    return !isBreakOrBlank(next) && next !== comma && !isBracket(next)
  }
  return !Number.isNaN(code) && !indicators.has(code)
}

/** Where the text from `start` to `end` ends without its trailing white space. */
export function trimmedEnd(source: string, start: number, end: number): number {
  let last = end
  while (last > start && isBlank(source.charCodeAt(last - 1))) last--
  return last
}
