import { RoadsteadError } from '@roadstead/proto'
import { sourceLimits } from '../limits.ts'

/** The commit that wrote a line as it is now. */
export interface LineCommit {
  readonly id: string
  readonly author: string
  /** RFC 3339, by the author's clock. */
  readonly authoredAt: string
  /** The first line of its message. */
  readonly summary: string
}

export interface BlameRequest {
  /** Path in the repository. */
  readonly file: string
  /** From 1; at most `blamedLines` of them are asked for. */
  readonly lines: readonly number[]
  /** The commit at which the file is looked at; absent for a working tree as it lies on disk. */
  readonly commit?: string | undefined
}

/** By line; a line that is not committed (yet) is left out. */
export type Blamed = ReadonlyMap<number, LineCommit>

/** Runs `git` in the repository; any exit code is a result. */
export type RunGit = (args: readonly string[]) => Promise<{ readonly code: number; readonly stdout: Buffer }>

/**
 * Asks stock Git who wrote some lines of a file last. A file that Git does not know has no commits.
 *
 * @throws RoadsteadError `unavailable` when Git can not be run or takes longer than its limit
 */
export async function blame(run: RunGit, { file, lines, commit }: BlameRequest): Promise<Blamed> {
  const wanted = [...new Set(lines)].sort((a, b) => a - b).slice(0, sourceLimits.blamedLines)
  if (wanted.length === 0) return new Map()
  const ranges = wanted.flatMap((line) => ['-L', `${line},${line}`])
  const revision = commit === undefined ? [] : [commit]
  const { code, stdout } = await run(['blame', '--porcelain', ...ranges, ...revision, '--', file])
  if (code === 0) return parseBlame(stdout.toString('utf8'))
  // In a working tree the file may be a new one; a commit that was read a moment ago has it.
  if (commit === undefined) return new Map()
  throw new RoadsteadError('unavailable', `git blame of ${file} at ${commit} failed with ${code}`)
}

const uncommitted = /^0+$/
const maxTextChars = 200

/**
 * Reads `git blame --porcelain`: a header `<commit> <line then> <line now> …`, on a commit's first
 * appearance followed by its details, then the line itself behind a tab.
 */
export function parseBlame(output: string): Map<number, LineCommit> {
  const commits = new Map<string, Map<string, string>>()
  const blamed = new Map<number, string>()
  let details = new Map<string, string>()
  for (const line of output.split('\n')) {
    const header = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(line)
    if (header) {
      const [, id = '', now] = header
      details = commits.get(id) ?? new Map()
      commits.set(id, details)
      blamed.set(Number(now), id)
    } else if (!line.startsWith('\t')) {
      const space = line.indexOf(' ')
      if (space > 0) details.set(line.slice(0, space), line.slice(space + 1, space + 1 + maxTextChars))
    }
  }
  return new Map(
    [...blamed]
      .filter(([, id]) => !uncommitted.test(id))
      .map(([line, id]) => [line, lineCommit(id, commits.get(id)!)]),
  )
}

const lineCommit = (id: string, details: ReadonlyMap<string, string>): LineCommit => ({
  id,
  author: details.get('author') ?? '',
  authoredAt: new Date(Number(details.get('author-time') ?? 0) * 1_000).toISOString(),
  summary: details.get('summary') ?? '',
})
