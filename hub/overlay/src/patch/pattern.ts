import { RE2JS } from 're2js'
import { fail, type Place } from '../errors.ts'

export type Pattern = (text: string) => boolean

const literal = /^[A-Za-z0-9_-]*$/

/** A regular expression of RE2 that must match the whole text. Runs in linear time, whatever the pattern. */
export function compilePattern(source: string, at: Place | undefined, fieldName: string): Pattern {
  if (literal.test(source)) return (text) => text === source
  const compiled = regularExpression(`^(?:${source})$`, source, at, fieldName)
  return (text) => compiled.matcher(text).find()
}

export function compileSearch(source: string, at: Place | undefined, fieldName: string): Pattern {
  if (literal.test(source)) return (text) => text.includes(source)
  const compiled = regularExpression(source, source, at, fieldName)
  return (text) => compiled.matcher(text).find()
}

function regularExpression(pattern: string, source: string, at: Place | undefined, fieldName: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    return fail(
      `"${source}" is not a valid regular expression: ${(error as Error).message}`,
      { ...at, field: fieldName },
      error,
    )
  }
}
