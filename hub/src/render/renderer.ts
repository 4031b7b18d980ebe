import { hash } from 'node:crypto'
import { type AppName, type EnvironmentName, RoadsteadError } from '@roadstead/proto'
import type { App, FleetDefinition, FleetProblem, FleetTree, Overlay, Variant } from '../source/index.ts'
import { breather } from './breather.ts'
import { buildTarget, type Run } from './build-target.ts'
import { type Dependency, type RenderCache, renderCache } from './cache.ts'
import type { Traced } from './job.ts'
import { renderLimits } from './limits.ts'
import { type DirectoryIndex, indexDirectories, type OverlayFiles, overlayFiles } from './overlay-files.ts'
import type { AppRender, Rendered } from './rendered.ts'
import { renderThread } from './thread.ts'
import { type Joined, joinVariant } from './variant.ts'

/** Every app in every environment it runs in. */
export type FleetRenders = ReadonlyMap<AppName, ReadonlyMap<EnvironmentName, AppRender>>

export type TraceResult =
  | { readonly traced: Traced }
  /** Not empty. */
  | { readonly problems: readonly FleetProblem[] }

export interface Renderer {
  /**
   * Renders what is not known yet. A fault of one app is in its `AppRender`; nothing else suffers.
   *
   * @throws RoadsteadError `unavailable` when the repository can not be read
   */
  renderFleet(tree: FleetTree, definition: FleetDefinition): Promise<FleetRenders>
  /**
   * Builds one overlay, or one of its variants, anew: its objects, with where each field was written.
   *
   * @throws RoadsteadError `unavailable` when the repository can not be read
   */
  trace(tree: FleetTree, app: App, overlay: Overlay, variant?: Variant): Promise<TraceResult>
  close(): Promise<void>
}

export function createRenderer(): Renderer {
  const cache = renderCache()
  const thread = renderThread()
  const run: Run = (job) => thread.run(job)
  return {
    async renderFleet(tree, definition) {
      const session = newSession(tree, run)
      const breathe = breather()
      const overlays = [...definition.apps.values()].flatMap((app) =>
        [...app.overlays.values()].map((overlay) => ({ app, overlay })),
      )
      // All that is to be known has its place beforehand: what is rendered first must not come first.
      const renders = new Map<AppName, Map<EnvironmentName, AppRender>>()
      for (const app of definition.apps.values()) renders.set(app.name, emptyLike(app))
      const waiting = overlays.values()
      const lane = async () => {
        for (const { app, overlay } of waiting) {
          await breathe()
          const render = await renderOverlay(session, cache, app, overlay)
          renders.get(app.name)!.set(overlay.environment, render)
        }
      }
      await Promise.all(Array.from({ length: renderLimits.overlaysAtOnce }, lane))
      return renders
    },
    async trace(tree, app, overlay, variant) {
      const session = newSession(tree, run)
      const target = variant ? targetOf(overlay, variant) : overlayTarget(overlay)
      const files = await filesOf(session, app, overlay)
      const { outcome } = await buildTarget(session.run, files, target, 'trace')
      if (outcome.kind === 'problems') return { problems: outcome.problems }
      if (outcome.kind === 'traced') return { traced: outcome.traced }
      throw new RoadsteadError('internal', `a trace of ${target.directory} gave a release`)
    },
    close: () => thread.close(),
  }
}

const notRendered: AppRender = { sourceKey: '', releases: new Map(), problems: [] }

const emptyLike = ({ overlays }: App): Map<EnvironmentName, AppRender> =>
  new Map([...overlays.keys()].map((environment) => [environment, notRendered]))

interface Session {
  readonly tree: FleetTree
  readonly run: Run
  readonly indexes: Map<FleetTree, DirectoryIndex>
}

const newSession = (tree: FleetTree, run: Run): Session => ({ tree, run, indexes: new Map() })

async function renderOverlay(
  session: Session,
  cache: RenderCache,
  app: App,
  overlay: Overlay,
): Promise<AppRender> {
  const files = await filesOf(session, app, overlay)
  const targets = [overlayTarget(overlay), ...overlay.variants.map((variant) => targetOf(overlay, variant))]
  const releases = new Map<string, Rendered>()
  const problems: FleetProblem[] = []
  const key = [files.appKey]
  for (const target of targets) {
    const result = await renderTarget(session, cache, files, target)
    key.push(`${target.name} ${result.dependencies.join(' ')}`)
    if (result.rendered) releases.set(target.name, result.rendered)
    problems.push(...result.problems)
  }
  const own = problems.map((problem) => ({ ...problem, app: app.name, environment: overlay.environment }))
  return {
    sourceKey: hash('sha256', key.join('\n')),
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

const overlayTarget = ({ directory }: Overlay): Target => ({ name: '', directory })

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
  { run }: Session,
  cache: RenderCache,
  files: OverlayFiles,
  target: Target,
): Promise<TargetResult> {
  const known = cache.get(target.directory, files)
  if (known) return { ...known, problems: [] }
  const { outcome, dependencies } = await buildTarget(run, files, target, 'release')
  if (outcome.kind === 'problems') return { dependencies, problems: outcome.problems }
  if (outcome.kind !== 'rendered')
    throw new RoadsteadError('internal', `${target.directory} was not rendered`)
  const { rendered } = outcome
  cache.set(target.directory, files, { rendered, dependencies })
  return { rendered, dependencies, problems: [] }
}
