import type { Problem } from '@roadstead/overlay'
import type { ErrorCode } from '@roadstead/proto'
import type { FleetProblem } from '../source/index.ts'

/** The renderer says what is wrong in words; which of our codes that is stands here and nowhere else. */
const codes: readonly (readonly [RegExp, ErrorCode])[] = [
  [/leaves the repository|symbolic link|absolute path|is outside /, 'invalid-path'],
  [/the limit is|more than \d+/, 'too-large'],
  [/not UTF-8|YAML/, 'invalid-yaml'],
]

export function fromOverlay({ message, field, ...place }: Problem): FleetProblem {
  const code = codes.find(([pattern]) => pattern.test(message))?.[1] ?? 'render-failed'
  return { code, message: field === undefined ? message : `${field}: ${message}`, ...place }
}
