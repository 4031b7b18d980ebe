import type { Visit } from '../accumulate.ts'
import { fail } from '../errors.ts'
import type { GeneratorStep } from '../kustomization/generators.ts'
import type { TransformerStep } from '../kustomization/transformers.ts'
import type { Kustomization } from '../kustomization/types.ts'

/** Generators configured by files of their own. */
export function pluginGenerators(_visit: Visit, kustomization: Kustomization): GeneratorStep[] {
  const [entry] = kustomization.generators
  return entry === undefined ? [] : fail('generators: plugins are refused', entry.at)
}

/** Transformers and validators configured by files of their own. */
export function pluginTransformers(_visit: Visit, kustomization: Kustomization): TransformerStep[] {
  const [entry] = [...kustomization.transformers, ...kustomization.validators]
  return entry === undefined ? [] : fail('transformers and validators: plugins are refused', entry.at)
}
