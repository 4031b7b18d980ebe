/**
 * The second door of this stage: what a push checks, over any tree of files. It loads neither a Git server,
 * a database nor a broker, so that a command line starts quickly.
 */
import { type FleetReleases, placeFleet } from '../place/index.ts'
import { createRenderer, type FleetRenders } from '../render/index.ts'
import { type FleetDefinition, loadDefinition } from './definition/index.ts'
import { type FleetProblem, inReadingOrder } from './problem.ts'
import type { FleetTree } from './tree.ts'

export * from './definition/index.ts'
export { type Blamed, type BlameRequest, blame, type LineCommit } from './git/blame.ts'
export { sourceLimits } from './limits.ts'
export { type FleetProblem, inReadingOrder, placeText, type SaidOnce, saidOnce } from './problem.ts'
export { type EntryKind, type FleetTree, memoryTree, type TreeEntry } from './tree.ts'

export interface CheckedFleet {
  /** Absent when the repository as a whole can not be used. */
  readonly definition?: FleetDefinition
  readonly renders?: FleetRenders
  /** All that a push of this tree would be refused for, in reading order. */
  readonly problems: readonly FleetProblem[]
}

/** Reads, renders and places a whole fleet, and says everything that is wrong with it. */
export async function validateFleet(tree: FleetTree): Promise<CheckedFleet> {
  const { definition, problems } = await loadDefinition(tree)
  if (!definition) return { problems }
  const renderer = createRenderer()
  try {
    const renders = await renderer.renderFleet(tree, definition)
    const faults = [...renders.values()].flatMap((app) =>
      [...app.values()].flatMap((render) => render.problems),
    )
    const placement = placeFleet(definition, releasesOf(renders))
    return { definition, renders, problems: inReadingOrder([...faults, ...placement.problems]) }
  } finally {
    await renderer.close()
  }
}

const releasesOf = (renders: FleetRenders): FleetReleases =>
  new Map(
    [...renders].map(([app, environments]) => [
      app,
      new Map([...environments].map(([name, { releases }]) => [name, releases])),
    ]),
  )
