import {
  type BuildResult,
  build,
  type DirectoryEntry,
  type FileTree,
  type KubernetesObject,
  OverlayError,
  type Provenance,
} from '@roadstead/overlay'
import { codeOf, encodeRelease, messageOf, type KubernetesObject as ReleasedObject } from '@roadstead/proto'
import type { FleetProblem } from '../source/index.ts'
import { examine } from './objects.ts'
import { fromOverlay } from './problems.ts'
import type { Rendered } from './rendered.ts'

/** One build, as plain data: it can be sent to another thread. */
export interface RenderJob {
  /** `release`: what clusters get. `trace`: the objects as they are, with where each field was written. */
  readonly purpose: 'release' | 'trace'
  readonly directory: string
  readonly directories: ReadonlyMap<string, readonly DirectoryEntry[] | undefined>
  readonly files: ReadonlyMap<string, Uint8Array | undefined>
}

/** What a build looked for that the job does not have: neither its content nor that it is not there. */
export interface Wanted {
  readonly directories: readonly string[]
  readonly files: readonly string[]
}

/** An overlay's objects, and for each of them who wrote its fields. */
export interface Traced {
  readonly objects: readonly KubernetesObject[]
  readonly provenance: readonly Provenance[]
}

export type RenderOutcome =
  | { readonly kind: 'rendered'; readonly rendered: Rendered }
  | { readonly kind: 'traced'; readonly traced: Traced }
  | { readonly kind: 'problems'; readonly problems: readonly FleetProblem[] }
  | { readonly kind: 'wanted'; readonly wanted: Wanted }

/** Builds an overlay. What is wrong with the input is an outcome; it throws for nothing else. */
export async function runRenderJob(job: RenderJob): Promise<RenderOutcome> {
  const { tree, wanted } = recordingTree(job)
  try {
    const result = build(tree, job.directory, { plainDirectories: true, provenance: true })
    const { objects, provenance = [] } = result
    return job.purpose === 'trace'
      ? { kind: 'traced', traced: { objects, provenance } }
      : await releaseOf(job, result)
  } catch (error) {
    if (wanted.directories.length + wanted.files.length > 0) return { kind: 'wanted', wanted }
    const problems = error instanceof OverlayError ? error.problems.map(fromOverlay) : [thrown(error)]
    return { kind: 'problems', problems: problems.map((found) => inDirectory(found, job)) }
  }
}

async function releaseOf(job: RenderJob, result: BuildResult): Promise<RenderOutcome> {
  const { objects, references, problems } = examine(result)
  if (problems.length > 0) {
    return { kind: 'problems', problems: problems.map((found) => inDirectory(found, job)) }
  }
  const release = await encodeRelease({ objects: result.objects as unknown as ReleasedObject[] })
  return { kind: 'rendered', rendered: { release, objects, references } }
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
