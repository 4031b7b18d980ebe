import { posix } from 'node:path'
import { type Generator, generate } from '../generate/generator.ts'
import { readEntries } from '../generate/key-values.ts'
import type { Origin } from '../resources/origin.ts'
import type { Resource } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import type { Visit } from '../visit.ts'
import type { GeneratorEntry, Kustomization } from './types.ts'

/** Makes one object. */
export interface GeneratorStep {
  make(): Resource
  readonly origin: Origin | undefined
}

/** Changes the objects accumulated so far. */
export interface TransformerStep {
  run(resources: ResourceSet): void
  readonly origin: Origin | undefined
}

/** Reads the sources of a ConfigMap or Secret generator and makes its object. */
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
