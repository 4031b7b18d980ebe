import type { Dependency } from './cache.ts'
import type { RenderJob, RenderOutcome } from './job.ts'
import { renderLimits } from './limits.ts'
import type { OverlayFiles } from './overlay-files.ts'
import type { Joined } from './variant.ts'

export type Run = (job: RenderJob) => Promise<RenderOutcome>

export interface BuildTarget {
  readonly directory: string
  /** For a variant, which is put on top of its overlay. */
  readonly joined?: Joined
}

export interface BuiltTarget {
  readonly outcome: Exclude<RenderOutcome, { kind: 'wanted' }>
  /** What the build looked at outside of the app. */
  readonly dependencies: readonly Dependency[]
}

/** Builds with the app's own files; what turns out to be needed beyond them is fetched for another try. */
export async function buildTarget(
  run: Run,
  files: OverlayFiles,
  { directory, joined }: BuildTarget,
  purpose: RenderJob['purpose'],
): Promise<BuiltTarget> {
  const directories = new Set<string>()
  const paths = new Set<string>()
  for (let round = 0; round < renderLimits.rounds; round++) {
    const job = await files.job(directory, purpose, { directories: [...directories], files: [...paths] })
    const outcome = await run(joined ? joined.job(job) : job)
    if (outcome.kind === 'wanted') {
      for (const path of outcome.wanted.files) paths.add(path)
      for (const path of outcome.wanted.directories) {
        directories.add(path)
        // Where one file of a directory is wanted, its neighbours will be.
        for (const file of files.filesIn(path)) paths.add(file)
      }
      continue
    }
    const dependencies = [...directories, ...paths]
      .filter((path) => !files.isCovered(path))
      .map((path): Dependency => [path, files.idOf(path)])
    return { outcome: joined ? ofVariant(outcome, joined) : outcome, dependencies }
  }
  const message = `the build reaches for files outside of its app in more than ${renderLimits.rounds} directories`
  const problems = [{ code: 'too-large', message, file: directory } as const]
  return { outcome: { kind: 'problems', problems }, dependencies: [] }
}

const ofVariant = (outcome: BuiltTarget['outcome'], { problem }: Joined): BuiltTarget['outcome'] =>
  outcome.kind === 'problems' ? { ...outcome, problems: outcome.problems.map(problem) } : outcome
