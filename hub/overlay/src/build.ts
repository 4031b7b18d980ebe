import { Accumulator } from './accumulate.ts'
import { BuildContext } from './context.ts'
import { type Problem, problem, within } from './errors.ts'
import { cleanPath, type FileTree } from './files.ts'
import { addHashes } from './generate/hash.ts'
import { defaultLimits, type OverlayLimits } from './limits.ts'
import { Loader } from './loader.ts'
import { sortResources } from './order.ts'
import { writeOrigins } from './origins.ts'
import { type Provenance, provenanceOf } from './provenance.ts'
import { updateNameReferences } from './references/names.ts'
import { resolveVariables } from './references/variables.ts'
import type { Resource } from './resources/resource.ts'
import { addEntries } from './transform/labels.ts'
import { type Json, toJson } from './yaml/json.ts'
import { withHistory } from './yaml/set.ts'

export interface BuildOptions {
  /**
   * Take a directory without a kustomization for a list of resources: all its `*.yaml`, `*.yml` and
   * `*.json` files in the order of their names. Off, such a directory is refused, as kustomize refuses it.
   */
  readonly plainDirectories?: boolean
  /** Also say for every field which file and line set it. Costs nothing when off. */
  readonly provenance?: boolean
  readonly limits?: Partial<OverlayLimits>
}

/** A Kubernetes object as a JSON value. Integers beyond 2^53 are bigint. */
export type KubernetesObject = { readonly [field: string]: Json } & {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly [field: string]: Json } & { readonly name: string }
}

export interface BuildResult {
  /** In the order in which the official binary prints them. */
  readonly objects: readonly KubernetesObject[]
  readonly warnings: readonly Problem[]
  /** One entry per object, in the same order; present when asked for. */
  readonly provenance?: readonly Provenance[]
}

/** The version whose results these are; `buildMetadata: [managedByLabel]` writes it. */
export const kustomizeVersion = 'v5.8.2'

/**
 * Builds the kustomization in `directory` of `files`: the same objects as `kustomize build` gives.
 * Pure: reads nothing but `files`, knows no clock.
 *
 * Throws OverlayError with every problem found, each with file, line, column and field.
 */
export function build(files: FileTree, directory: string, options: BuildOptions = {}): BuildResult {
  return withHistory(options.provenance === true, () => buildNow(files, directory, options))
}

function buildNow(files: FileTree, directory: string, options: BuildOptions): BuildResult {
  const limits = { ...defaultLimits, ...options.limits }
  const context = new BuildContext(new Loader(files, limits), options.plainDirectories === true)
  const { kustomization, accumulator } = Accumulator.ofDirectory(context, cleanPath(directory))
  const { resources, config, variables } = accumulator
  addHashes(resources)
  const place = { file: kustomization?.file ?? directory }
  within(place, () => updateNameReferences(resources, config.nameReference))
  const unused = within(place, () => resolveVariables(resources, variables, config.varReference))
  dropLocalConfig(accumulator.resources.all, (kept) => resources.reorder(kept))
  within(place, () => resources.requireUniqueIds('the build'))
  sortResources(resources, kustomization?.sortOptions)
  const metadata = new Set((kustomization?.buildMetadata ?? []).map((option) => option.value))
  if (metadata.has('managedByLabel')) {
    const label = new Map([['app.kubernetes.io/managed-by', `kustomize-${kustomizeVersion}`]])
    addEntries(resources, label, [{ path: 'metadata/labels', create: true }])
  }
  writeOrigins(resources.all, metadata)
  for (const name of unused)
    context.warnings.push(problem(`the var "${name}" is never used`, variables.get(name)!.at))
  return {
    objects: resources.all.map((resource) =>
      within(resource.place, () => toJson(resource.node) as KubernetesObject),
    ),
    warnings: context.warnings,
    ...(options.provenance === true ? { provenance: resources.all.map(provenanceOf) } : {}),
  }
}

/** Objects that are only input to other tools are not part of the result. */
function dropLocalConfig(resources: readonly Resource[], keep: (kept: Resource[]) => void): void {
  const isLocal = (resource: Resource): boolean => {
    const mark = resource.annotations().get('config.kubernetes.io/local-config')
    return mark !== undefined && mark !== 'false'
  }
  if (resources.some(isLocal)) keep(resources.filter((resource) => !isLocal(resource)))
}
