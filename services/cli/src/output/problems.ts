import type { SourceProblem } from '../api/resources.ts'
import { plainLine } from './text.ts'

/** `file:line:column: message`, as compilers write it, so that editors and terminals can jump there. */
export function sourceProblemText({ file, line, column, message }: Omit<SourceProblem, 'code'>): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  return plainLine(place === '' ? message : `${place}: ${message}`)
}
