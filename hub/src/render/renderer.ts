import { createHash } from 'node:crypto'
import type { AppName, EnvironmentName } from '@roadstead/proto'
import type { App, FleetDefinition, FleetProblem, FleetTree, Overlay, Variant } from '../source/index.ts'
import { type Dependency, type RenderCache, renderCache } from './cache.ts'
import { type RenderJob, type RenderOutcome, runRenderJob } from './job.ts'
import { renderLimits } from './limits.ts'
import { type DirectoryIndex, indexDirectories, type OverlayFiles, overlayFiles } from './overlay-files.ts'
import type { AppRender, Rendered } from './rendered.ts'
import { renderThread } from './thread.ts'
import { type Joined, joinVariant } from './variant.ts'

/** Every app in every environment it runs in. */
export type FleetRenders = ReadonlyMap<AppName, ReadonlyMap<EnvironmentName, AppRender>>

export interface Renderer {
  /**
   * Renders what is not known yet. A fault of one app is in its `AppRender`; nothing else suffers.
   *
   * @throws RoadsteadError `unavailable` when the repository can not be read
   */
  renderFleet(tree: FleetTree, definition: FleetDefinition): Promise<FleetRenders>
  close(): Promise<void>
}

export function createRenderer(): Renderer {
  const cache = renderCache()
  const thread = renderThread()
  const run = (job: RenderJob, bytes: number) =>
    bytes > renderLimits.inlineBytes ? thread.run(job) : runRenderJob(job)
  return {
    async renderFleet(tree, definition) {
      const session = { tree, cache, run, indexes: new Map<FleetTree, DirectoryIndex>() }
      const renders = new Map<AppName, Map<EnvironmentName, AppRender>>()
      for (const app of definition.apps.values()) {
        const environments = new Map<EnvironmentName, AppRender>()
        for (const overlay of app.overlays.values()) {
          environments.set(overlay.environment, await renderOverlay(session, app, overlay))
        }
        renders.set(app.name, environments)
      }
      return renders
    },
    close: () => thread.close(),
  }
}

interface Session {
  readonly tree: FleetTree
  readonly cache: RenderCache
  readonly run: (job: RenderJob, bytes: number) => Promise<RenderOutcome>
  readonly indexes: Map<FleetTree, DirectoryIndex>
}

async function renderOverlay(session: Session, app: App, overlay: Overlay): Promise<AppRender> {
  const files = await filesOf(session, app, overlay)
  const targets: Target[] = [
    { name: '', directory: overlay.directory },
    ...overlay.variants.map((variant) => targetOf(overlay, variant)),
  ]
  const releases = new Map<string, Rendered>()
  const problems: FleetProblem[] = []
  const key = createHash('sha256').update(files.appKey)
  for (const target of targets) {
    const result = await renderTarget(session, files, target)
    key.update(`\n${target.name} ${result.dependencies.join(' ')}`)
    if (result.rendered) releases.set(target.name, result.rendered)
    problems.push(...result.problems)
  }
  const own = problems.map((problem) => ({ ...problem, app: app.name, environment: overlay.environment }))
  return {
    sourceKey: key.digest('hex'),
    releases: own.length === 0 ? releases : new Map(),
    problems: unique(own),
  }
}

/** A variant repeats the problems of the overlay it builds on. */
const unique = (problems: FleetProblem[]): FleetProblem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
]

async function filesOf({ tree, indexes }: Session, app: App, overlay: Overlay): Promise<OverlayFiles> {
  const indexOf = (of: FleetTree) => {
    const index = indexes.get(of) ?? indexDirectories(of)
    indexes.set(of, index)
    return index
  }
  const pinnedTree = overlay.pin === undefined ? undefined : await tree.at(overlay.pin)
  const pinned = pinnedTree && { tree: pinnedTree, index: indexOf(pinnedTree) }
  return overlayFiles(app, overlay, { head: tree, headIndex: indexOf(tree), pinned })
}

interface Target {
  /** Of the variant; empty for the overlay itself. */
  readonly name: string
  readonly directory: string
  readonly joined?: Joined
}

function targetOf(overlay: Overlay, variant: Variant): Target {
  const joined = joinVariant(overlay, variant)
  return { name: variant.name, directory: joined.directory, joined }
}

interface TargetResult {
  readonly rendered?: Rendered
  readonly dependencies: readonly Dependency[]
  readonly problems: readonly FleetProblem[]
}

async function renderTarget(
  { cache, run }: Session,
  files: OverlayFiles,
  { directory, joined }: Target,
): Promise<TargetResult> {
  const known = cache.get(directory, files)
  if (known) return { ...known, problems: [] }
  const wanted = { directories: new Set<string>(), files: new Set<string>() }
  for (let round = 0; round < renderLimits.rounds; round++) {
    const job = await files.job(directory, { directories: [...wanted.directories], files: [...wanted.files] })
    const outcome = await run(joined ? joined.job(job) : job, files.bytes)
    if (outcome.kind === 'wanted') {
      for (const path of outcome.wanted.directories) wanted.directories.add(path)
      for (const path of outcome.wanted.files) wanted.files.add(path)
      // Where one file of a directory is wanted, its neighbours will be.
      for (const path of outcome.wanted.directories) {
        for (const file of files.filesIn(path)) wanted.files.add(file)
      }
      continue
    }
    const dependencies = [...wanted.directories, ...wanted.files]
      .filter((path) => !files.isCovered(path))
      .map((path): Dependency => [path, files.idOf(path)])
    if (outcome.kind === 'problems') {
      const problems = joined ? outcome.problems.map(joined.problem) : outcome.problems
      return { dependencies, problems }
    }
    const { rendered } = outcome
    cache.set(directory, files, { rendered, dependencies })
    return { rendered, dependencies, problems: [] }
  }
  const message = `the build reaches for files outside of its app in more than ${renderLimits.rounds} directories`
  return { dependencies: [], problems: [{ code: 'too-large', message, file: directory }] }
}
