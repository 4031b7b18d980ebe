import type { ClusterName, EnvironmentName } from '@roadstead/proto'
import { compareText, type FleetProblem } from '../problem.ts'
import type { FleetTree } from '../tree.ts'
import type { Cluster, Overlay, Variant } from './definition.ts'
import type { DefinitionFile, DefinitionReader } from './files.ts'
import type { AppLayout } from './layout.ts'
import { type AppFile, ClusterOverlaySchema, PinSchema } from './schemas.ts'

export interface OverlayInput {
  readonly tree: FleetTree
  readonly reader: DefinitionReader
  /** Of the fleet, in the order of promotion. */
  readonly environments: readonly EnvironmentName[]
  readonly app: DefinitionFile<AppFile>
  readonly layout: AppLayout
  readonly clusters: ReadonlyMap<ClusterName, Cluster>
}

const overlayControls = { pin: 'pin.yaml', selector: 'selector.yaml', variants: 'clusters' } as const

const controlsOf = (directory: string, variants: readonly Variant[]): string[] => [
  `${directory}/${overlayControls.pin}`,
  ...variants.map((variant) => `${variant.directory}/${overlayControls.selector}`),
]

/** One overlay for each environment the app runs in. Faults go to the reader's problems. */
export async function readOverlays(input: OverlayInput): Promise<Map<EnvironmentName, Overlay>> {
  const { app, environments, layout, reader } = input
  reader.problems.push(...missingOverlays(input), ...strayOverlays(input))
  const overlays = new Map<EnvironmentName, Overlay>()
  for (const environment of environments) {
    const runsHere = app.value.spec.environments?.includes(environment) ?? true
    if (!runsHere || !layout.overlays.has(environment)) continue
    const directory = `${layout.directory}/overlays/${environment}`
    const pin = await readPin(input, `${directory}/${overlayControls.pin}`)
    const variants = await readVariants(input, environment, directory)
    const controls = controlsOf(directory, variants)
    overlays.set(environment, {
      environment,
      directory,
      controls,
      variants,
      ...(pin !== undefined && { pin }),
    })
  }
  return overlays
}

function missingOverlays({ app, environments, layout }: OverlayInput): FleetProblem[] {
  const wanted = app.value.spec.environments ?? environments
  return wanted.flatMap((environment, index) => {
    const isKnown = environments.includes(environment)
    if (!isKnown || layout.overlays.has(environment)) return []
    const message =
      `${app.value.metadata.name} runs in ${environment} but has no overlay there; add ` +
      `${layout.directory}/overlays/${environment}, or leave ${environment} out of spec.environments`
    return [app.problem('missing-overlay', message, ['spec', 'environments', index])]
  })
}

function strayOverlays({ environments, layout }: OverlayInput): FleetProblem[] {
  const known: readonly string[] = environments
  return [...layout.overlays.keys()]
    .filter((environment) => !known.includes(environment))
    .map((environment) => ({
      code: 'invalid-reference',
      message: `there is no environment ${environment}; fleet.yaml has ${environments.join(', ')}`,
      file: `${layout.directory}/overlays/${environment}`,
    }))
}

async function readPin({ reader, tree }: OverlayInput, path: string): Promise<Overlay['pin']> {
  const file = (await reader.read(PinSchema, 'Pin', [path])).get(path)
  if (!file) return undefined
  const { commit } = file.value.spec
  if (await tree.at(commit)) return commit
  const message = `the commit ${commit} is not in this repository's history; fetch it, or pin one that is`
  reader.problems.push(file.problem('invalid-reference', message, ['spec', 'commit']))
  return undefined
}

async function readVariants(
  { clusters, layout, reader }: OverlayInput,
  environment: EnvironmentName,
  overlay: string,
): Promise<Variant[]> {
  const variants: Variant[] = []
  for (const name of (layout.overlays.get(environment) ?? []).toSorted(compareText)) {
    const directory = `${overlay}/${overlayControls.variants}/${name}`
    const path = `${directory}/${overlayControls.selector}`
    const before = reader.problems.length
    const file = (await reader.read(ClusterOverlaySchema, 'ClusterOverlay', [path])).get(path)
    if (file) variants.push({ name, directory, clusters: file.value.spec.clusters })
    else if (clusters.get(name as ClusterName)?.environment === environment)
      variants.push({ name, directory })
    else if (reader.problems.length === before) {
      const message = `no cluster of ${environment} is named ${name}; rename the directory, or add a ${overlayControls.selector}`
      reader.problems.push({ code: 'invalid-reference', message, file: directory })
    }
  }
  return variants
}
