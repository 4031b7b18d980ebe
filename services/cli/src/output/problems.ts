import { plainLine } from './text.ts'

/** What the hub and the renderer say of a fault. */
export interface PlacedProblem {
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly field?: string
}

/** `file:line:column: field: message`, as compilers write it, so that editors and terminals can jump there. */
export function sourceProblemText({ file, line, column, field, message }: PlacedProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  return plainLine([place, field ?? '', message].filter((part) => part !== '').join(': '))
}
