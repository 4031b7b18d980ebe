/** One thing that is wrong, and where. `line` and `column` count from 1. */
export interface Problem {
  readonly message: string
  /** Path inside the file tree. */
  readonly file?: string
  readonly line?: number
  readonly column?: number
  /** The field of the kustomization (or of the object) the problem is about, e.g. `patches[1].target.kind`. */
  readonly field?: string
}

/** Where a problem is; every part optional because not every problem has a place in a file. */
export type Place = Omit<Problem, 'message'>

/** A directory that cannot be built. Says every problem found, each with its place. */
export class OverlayError extends Error {
  override readonly name = 'OverlayError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(describe).join('\n'), options)
    this.problems = problems
  }
}

export function problem(message: string, place: Place = {}): Problem {
  return { message, ...defined(place) }
}

export function fail(message: string, place: Place = {}, cause?: unknown): never {
  throw new OverlayError([problem(message, place)], cause === undefined ? undefined : { cause })
}

/** Runs `work`; problems that come out without a file get the place given here. */
export function within<T>(place: Place, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof OverlayError)) throw error
    if (error.problems.every((found) => found.file !== undefined)) throw error
    const placed = error.problems.map((found) =>
      found.file === undefined ? { ...defined(place), ...found } : found,
    )
    throw new OverlayError(placed, { cause: error })
  }
}

function describe({ message, file, line, column, field }: Problem): string {
  const position = [file, line, column].filter((part) => part !== undefined).join(':')
  return [position, field, message].filter((part) => part !== undefined && part !== '').join(': ')
}

function defined(place: Place): Place {
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined))
}
