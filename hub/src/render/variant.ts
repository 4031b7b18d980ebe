import type { FleetProblem, Overlay, Variant } from '../source/index.ts'
import type { RenderJob } from './job.ts'

/**
 * A variant is a Kustomize component that is put on top of its environment's overlay. It lies inside of
 * the overlay, and no kustomization may build on a directory that it lies in; so the one that joins the two
 * is ours, in a directory beside the overlay that exists for the build alone.
 */
export interface Joined {
  readonly directory: string
  job(job: RenderJob): RenderJob
  /** A fault of the joining kustomization is one of the variant: it is no component. */
  problem(problem: FleetProblem): FleetProblem
}

export function joinVariant(overlay: Overlay, variant: Variant): Joined {
  const slash = overlay.directory.lastIndexOf('/')
  const [parent, environment] = [overlay.directory.slice(0, slash), overlay.directory.slice(slash + 1)]
  // No environment has a plus sign in its name.
  const name = `${environment}+${variant.name}`
  const directory = `${parent}/${name}`
  const file = `${directory}/kustomization.yaml`
  const component = `../${environment}${variant.directory.slice(overlay.directory.length)}`
  const content = `resources: [../${environment}]\ncomponents: ["${component}"]\n`
  return {
    directory,
    job: (job) => ({
      ...job,
      directory,
      directories: new Map([
        ...job.directories,
        [parent, [...(job.directories.get(parent) ?? []), { name, kind: 'directory' }]],
        [directory, [{ name: 'kustomization.yaml', kind: 'file' }]],
      ]),
      files: new Map([...job.files, [file, Buffer.from(content)]]),
    }),
    problem: ({ line, column, ...problem }) => {
      const isOurs = problem.file === file || problem.file === directory
      if (!isOurs)
        return { ...problem, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }
      const message = `an overlay for clusters is a kustomization of kind Component: ${problem.message}`
      return { ...problem, message, file: variant.directory }
    },
  }
}
