import { build, type DirectoryEntry, type FileTree, OverlayError } from '@roadstead/overlay'
import { codeOf, encodeRelease, type KubernetesObject, messageOf } from '@roadstead/proto'
import type { FleetProblem } from '../source/index.ts'
import { examine } from './objects.ts'
import { fromOverlay } from './problems.ts'
import type { Rendered } from './rendered.ts'

/** One build, as plain data: it can be sent to another thread. */
export interface RenderJob {
  readonly directory: string
  readonly directories: ReadonlyMap<string, readonly DirectoryEntry[] | undefined>
  readonly files: ReadonlyMap<string, Uint8Array | undefined>
}

/** What a build looked for that the job does not have: neither its content nor that it is not there. */
export interface Wanted {
  readonly directories: readonly string[]
  readonly files: readonly string[]
}

export type RenderOutcome =
  | { readonly kind: 'rendered'; readonly rendered: Rendered }
  | { readonly kind: 'problems'; readonly problems: readonly FleetProblem[] }
  | { readonly kind: 'wanted'; readonly wanted: Wanted }

/** Builds and encodes a release. What is wrong with the input is an outcome; it throws for nothing else. */
export async function runRenderJob(job: RenderJob): Promise<RenderOutcome> {
  const { tree, wanted } = recordingTree(job)
  try {
    const result = build(tree, job.directory, { plainDirectories: true, provenance: true })
    const { objects, references, problems } = examine(result)
    if (problems.length > 0)
      return { kind: 'problems', problems: problems.map((found) => inDirectory(found, job)) }
    const release = await encodeRelease({ objects: result.objects as unknown as KubernetesObject[] })
    return { kind: 'rendered', rendered: { release, objects, references } }
  } catch (error) {
    if (wanted.directories.length + wanted.files.length > 0) return { kind: 'wanted', wanted }
    const problems = error instanceof OverlayError ? error.problems.map(fromOverlay) : [thrown(error)]
    return { kind: 'problems', problems: problems.map((found) => inDirectory(found, job)) }
  }
}

const thrown = (error: unknown): FleetProblem => ({
  code: codeOf(error) === 'too-large' ? 'too-large' : 'render-failed',
  message: messageOf(error),
})

/** A problem that knows no file is at least in this overlay. */
const inDirectory = (problem: FleetProblem, { directory }: RenderJob): FleetProblem => ({
  file: directory,
  ...problem,
})

class NotLoaded extends Error {}

/** Gives what the job has; what it does not have is noted, and ends the build. */
function recordingTree({ directories, files }: RenderJob): {
  tree: FileTree
  wanted: { directories: string[]; files: string[] }
} {
  const wanted = { directories: [] as string[], files: [] as string[] }
  const tree: FileTree = {
    list(directory) {
      if (directories.has(directory)) return directories.get(directory)
      wanted.directories.push(directory)
      throw new NotLoaded(directory)
    },
    read(path) {
      if (files.has(path)) return files.get(path)
      wanted.files.push(path)
      throw new NotLoaded(path)
    },
  }
  return { tree, wanted }
}
