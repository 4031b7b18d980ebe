import type { Generator } from '../generate/generator.ts'
import { pluginGenerators } from '../plugins/plugins.ts'
import type { Visit } from '../visit.ts'
import { builtinOrigin, type GeneratorStep, makeObject } from './steps.ts'
import type { GeneratorEntry, Kustomization } from './types.ts'

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
