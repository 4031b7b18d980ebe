import { posix } from 'node:path'
import { type Generator, generate } from '../generate/generator.ts'
import { readEntries } from '../generate/key-values.ts'
import { pluginGenerators } from '../plugins/plugins.ts'
import type { Origin } from '../resources/origin.ts'
import type { Resource } from '../resources/resource.ts'
import type { Visit } from '../visit.ts'
import type { GeneratorEntry, Kustomization } from './types.ts'

export interface GeneratorStep {
  make(): Resource
  readonly origin: Origin | undefined
}

/** The generators of a kustomization in the order in which they run: ConfigMaps, Secrets, configured ones. */
export function generatorsOf(visit: Visit, kustomization: Kustomization): GeneratorStep[] {
  const steps = (kind: Generator['kind'], entries: readonly GeneratorEntry[]): GeneratorStep[] =>
    entries.map((entry) => ({
      make: () => makeObject(visit, kind, entry),
      origin: builtinOrigin(visit, kustomization, `${kind}Generator`),
    }))
  return [
    ...steps('ConfigMap', kustomization.configMapGenerator),
    ...steps('Secret', kustomization.secretGenerator),
    ...pluginGenerators(visit, kustomization),
  ]
}

export function makeObject(visit: Visit, kind: Generator['kind'], entry: GeneratorEntry): Resource {
  const { loader, schema } = visit.context
  const owner = `the ${kind} ${entry.generator.name}`
  const entries = readEntries(owner, entry.sources, (path, at) => loader.readBytes(visit.directory, path, at))
  return generate({ ...entry.generator, kind, options: entry.options }, entries, schema)
}

/** What `buildMetadata` says of a field of a kustomization. */
export function builtinOrigin(
  visit: Visit,
  kustomization: Kustomization,
  plugin: string,
): Origin | undefined {
  if (visit.origin === undefined) return undefined
  return {
    configuredIn: posix.join(visit.origin, posix.basename(kustomization.file)),
    configuredBy: { apiVersion: 'builtin', kind: plugin },
  }
}
