import { posix } from 'node:path'
import type { BuildContext } from './context.ts'
import { fail, type Place, within } from './errors.ts'
import { isInside } from './files.ts'
import { absorb } from './generate/generator.ts'
import type { Text } from './kustomization/decode.ts'
import { generatorsOf } from './kustomization/generators.ts'
import { kustomizationFileNames, readKustomization } from './kustomization/read.ts'
import { transformersOf } from './kustomization/transformers.ts'
import type { Kustomization } from './kustomization/types.ts'
import { addVariables, bindVariables, type Variable } from './references/variables.ts'
import { refuseRemote } from './remote.ts'
import { requireObjectCount, resourcesFrom } from './resources/load.ts'
import type { Origin } from './resources/origin.ts'
import type { Resource } from './resources/resource.ts'
import { ResourceSet } from './resources/resource-set.ts'
import { chooseSchema } from './schema/choose.ts'
import { emptyConfig, mergeConfigs, type TransformerConfig } from './transform/config.ts'
import { defaultConfig } from './transform/default-config.ts'
import { readConfigurations } from './transform/read-config.ts'
import { readCrds } from './transform/read-crds.ts'
import type { Visit } from './visit.ts'
import { parseStream } from './yaml/parse.ts'

/** What a kustomization and all it includes amount to, before names are final. */
export class Accumulator {
  readonly resources = new ResourceSet()
  config: TransformerConfig = emptyConfig
  readonly variables = new Map<string, Variable>()

  /** Builds the directory that a build was asked for. */
  static ofDirectory(
    context: BuildContext,
    directory: string,
  ): { accumulator: Accumulator; kustomization: Kustomization | undefined } {
    if (context.loader.kindOf(directory) !== 'directory')
      fail(`there is no directory ${directory === '' ? '(root)' : directory}`)
    const accumulator = new Accumulator()
    const kustomization = load(context, directory)
    const wantsOrigins = kustomization !== undefined && kustomization.buildMetadata.length > 0
    const visit: Visit = {
      context,
      directory,
      path: [directory],
      origin: wantsOrigins ? '' : undefined,
      read: readResources,
    }
    context.enterDirectory(directory, 0)
    if (kustomization === undefined) accumulator.addPlainDirectory(visit)
    else {
      chooseSchema(context, directory, kustomization)
      accumulator.add(visit, kustomization)
    }
    return { accumulator, kustomization }
  }

  /** Reads the inputs of a kustomization, then runs its generators, components and transformers, in that order. */
  add(visit: Visit, kustomization: Kustomization): void {
    const { context, directory } = visit
    this.addResources(visit, kustomization.resources)
    const config = readConfigurations(context.loader, directory, kustomization.configurations)
    this.config = joinConfigs(this.config, config)
    this.config = mergeConfigs(this.config, readCrds(context.loader, directory, kustomization.crds))
    for (const { make, origin } of generatorsOf(visit, kustomization)) {
      const generated = make()
      generated.origin ??= origin
      within({ file: kustomization.file }, () => absorb(this.resources, generated))
    }
    for (const component of kustomization.components) this.#addComponent(visit, component)
    this.#transform(visit, kustomization)
    bindVariables(this.resources, kustomization.vars)
    addVariables(this.variables, kustomization.vars)
    requireObjectCount(this.resources.size, context.loader.limits)
  }

  addResources(visit: Visit, entries: readonly Text[]): void {
    const { context, directory } = visit
    for (const { value, at } of entries) {
      if (value === '') fail('an empty path', at)
      refuseRemote(
        value,
        at,
        () => context.loader.kindOf(context.loader.resolve(directory, value, at), at) !== 'absent',
      )
      const path = context.loader.resolve(directory, value, at)
      const kind = context.loader.kindOf(path, at)
      if (kind === 'absent') fail(`there is no file or directory ${path}`, at)
      if (kind === 'directory') this.#addDirectory(visit, path, value, at)
      else this.#addFile(visit, value, at)
    }
  }

  /** Roadstead's own: a directory of plain YAML, without a kustomization. */
  addPlainDirectory(visit: Visit): void {
    const { loader } = visit.context
    const names = loader.names(visit.directory).filter((name) => /\.(ya?ml|json)$/.test(name))
    for (const name of names) {
      const at = { file: posix.join(visit.directory, name) }
      if (loader.kindOf(at.file, at) === 'file') this.#addFile(visit, name, at)
    }
  }

  #addFile(visit: Visit, relative: string, at: Place): void {
    const { context, directory } = visit
    const { text, path } = context.loader.readText(directory, relative, at)
    const origin = visit.origin === undefined ? undefined : { path: posix.join(visit.origin, relative) }
    for (const resource of resourcesFrom(parseStream(text, path, context.loader), context.schema)) {
      resource.origin = origin
      this.resources.append(resource)
    }
  }

  #addDirectory(visit: Visit, directory: string, relative: string, at: Place): void {
    const below = enter(visit, directory, relative, at)
    const base = new Accumulator()
    const kustomization = load(visit.context, directory, at)
    if (kustomization === undefined) base.addPlainDirectory(below)
    else {
      if (kustomization.isComponent) fail(`${relative} is a component; list it under components`, at)
      chooseSchema(visit.context, directory, kustomization)
      base.add(below, kustomization)
    }
    this.#take(base)
  }

  /** A component works on what has been accumulated so far, as if it were written here. */
  #addComponent(visit: Visit, { value, at }: Text): void {
    const { loader } = visit.context
    refuseRemote(
      value,
      at,
      () => loader.kindOf(loader.resolve(visit.directory, value, at), at) === 'directory',
    )
    const directory = loader.resolve(visit.directory, value, at)
    if (loader.kindOf(directory, at) !== 'directory') fail(`there is no directory ${directory}`, at)
    const below = enter(visit, directory, value, at)
    const kustomization = load(visit.context, directory, at)
    if (kustomization === undefined || !kustomization.isComponent)
      fail(`${value} is not a component; list it under resources`, at)
    chooseSchema(visit.context, directory, kustomization)
    this.add(below, kustomization)
    within(at, () => this.resources.requireUniqueIds('the component'))
  }

  #take(base: Accumulator): void {
    for (const resource of base.resources.all) this.resources.append(resource)
    this.config = joinConfigs(this.config, base.config)
    addVariables(this.variables, base.variables.values())
  }

  #transform(visit: Visit, kustomization: Kustomization): void {
    for (const { run, origin } of transformersOf(visit, kustomization, this.config)) {
      run(this.resources)
      if (origin !== undefined) recordTransformation(this.resources.all, origin)
      this.resources.dropDeleted()
    }
  }
}

/**
 * Merging is not neutral, not even into nothing: of two specs for one path the narrower, which sorts first,
 * wins. Only for the default configuration is it known to change nothing.
 */
function joinConfigs(base: TransformerConfig, added: TransformerConfig): TransformerConfig {
  return base === emptyConfig && added === defaultConfig ? added : mergeConfigs(base, added)
}

function readResources(visit: Visit, entries: readonly Text[]): readonly Resource[] {
  const accumulator = new Accumulator()
  accumulator.addResources(visit, entries)
  return accumulator.resources.all
}

function recordTransformation(resources: readonly Resource[], origin: Origin): void {
  for (const resource of resources) {
    if (resource.origin === undefined) resource.origin = origin
    else resource.transformations.push(origin)
  }
}

/** A directory may not include itself or a directory above one that is being built. */
function enter(visit: Visit, directory: string, relative: string, at: Place): Visit {
  for (const visited of visit.path) {
    if (isInside(visited, directory))
      fail(
        `a cycle: "${relative}" leads back to ${directory === '' ? 'the root' : directory}, which contains ${visited}`,
        at,
      )
  }
  visit.context.enterDirectory(directory, visit.path.length)
  const origin = visit.origin === undefined ? undefined : posix.join(visit.origin, relative)
  return { ...visit, directory, path: [...visit.path, directory], origin }
}

/** Reads the kustomization of a directory; undefined for a plain directory, where those are allowed. */
function load(context: BuildContext, directory: string, at: Place = {}): Kustomization | undefined {
  const { loader } = context
  const found = kustomizationFileNames.filter(
    (name) => loader.kindOf(posix.join(directory, name), at) === 'file',
  )
  if (found.length > 1) fail(`more than one kustomization file in ${directory}: ${found.join(', ')}`, at)
  const [name] = found
  if (name === undefined) {
    if (context.plainDirectories) return undefined
    fail(
      `no kustomization file (${kustomizationFileNames.join(', ')}) in ${directory === '' ? 'the root' : directory}`,
      at,
    )
  }
  const { text, path } = loader.readText(directory, name, at)
  return readKustomization(text, path, loader.limits, context.warnings)
}
