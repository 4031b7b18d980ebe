import type { ErrorCode } from '@roadstead/proto'

/** One thing that is wrong in a fleet repository. Line and column count from 1. */
export interface FleetProblem {
  readonly code: ErrorCode
  /** What is wrong and, where it does not go without saying, what to do. One line. */
  readonly message: string
  /** Path in the repository; absent only when the repository as a whole is meant. */
  readonly file?: string
  readonly line?: number
  readonly column?: number
  /** Set on a fault that holds back this app alone, in this environment alone. */
  readonly app?: string
  readonly environment?: string
}

/** `file:line:column` as far as it is known; empty when it is not. */
export const placeText = ({ file, line, column }: Pick<FleetProblem, 'file' | 'line' | 'column'>): string =>
  [file, line, column].filter((part) => part !== undefined).join(':')

/** In the order a person reads: by file, then from top to bottom. */
export function inReadingOrder(problems: readonly FleetProblem[]): FleetProblem[] {
  return problems.toSorted(
    (a, b) =>
      compareText(a.file ?? '', b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0) ||
      compareText(a.message, b.message),
  )
}

/** A fault as it is said once, with the environments that have it; none for a fault of the whole fleet. */
export interface SaidOnce {
  readonly problem: FleetProblem
  readonly environments: readonly string[]
}

/** A fault of a base is one of every environment that is built on it; to a reader it is one, in the order given. */
export function saidOnce(problems: readonly FleetProblem[]): SaidOnce[] {
  const same = Map.groupBy(problems, ({ environment: _, ...rest }) =>
    JSON.stringify(Object.entries(rest).sort()),
  )
  return [...same.values()].map((group) => ({
    problem: group[0]!,
    environments: [...new Set(group.flatMap(({ environment }) => environment ?? []))],
  }))
}

/** By code unit, so that the order is the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
