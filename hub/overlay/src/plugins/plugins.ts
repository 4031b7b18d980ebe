import { fail, type Place, within } from '../errors.ts'
import type { Text } from '../kustomization/decode.ts'
import type { GeneratorStep, TransformerStep } from '../kustomization/steps.ts'
import type { Kustomization } from '../kustomization/types.ts'
import { describeId } from '../resources/id.ts'
import { resourcesFrom } from '../resources/load.ts'
import type { Origin } from '../resources/origin.ts'
import type { Resource } from '../resources/resource.ts'
import type { Visit } from '../visit.ts'
import { parseStream } from '../yaml/parse.ts'
import { convertGenerator } from './generators.ts'
import { convertTransformer } from './transformers.ts'

/** Generators configured by objects of their own. Only the built-in ones run. */
export function pluginGenerators(visit: Visit, kustomization: Kustomization): GeneratorStep[] {
  return kustomization.generators.flatMap((entry) =>
    configurations(visit, kustomization, entry).map((config) => ({
      make: convertGenerator(visit, requireBuiltin(config, entry.at)),
      origin: originOf(config),
    })),
  )
}

/** Transformers configured by objects of their own. Only the built-in ones run; validators do not. */
export function pluginTransformers(visit: Visit, kustomization: Kustomization): TransformerStep[] {
  const [validator] = kustomization.validators
  if (validator !== undefined)
    fail('validators are refused: they are plugins outside the kustomization', validator.at)
  return kustomization.transformers.flatMap((entry) =>
    configurations(visit, kustomization, entry).map((config) => ({
      run: placedRun(entry.at, convertTransformer(visit, requireBuiltin(config, entry.at))),
      origin: originOf(config),
    })),
  )
}

function placedRun(at: Place, run: TransformerStep['run']): TransformerStep['run'] {
  return (all) => within(at, () => run(all))
}

/** The configuration objects of an entry: written inline, or in a file or directory. */
function configurations(visit: Visit, kustomization: Kustomization, entry: Text): readonly Resource[] {
  const isInline = entry.value.includes('\n') || /^\s*\{/.test(entry.value)
  if (!isInline) return visit.read(visit, [entry])
  const { context } = visit
  const resources = resourcesFrom(
    parseStream(entry.value, entry.at.file, { limits: context.loader.limits, firstLine: entry.at.line }),
    context.schema,
  )
  const path = kustomization.file.split('/').at(-1)!
  for (const resource of resources) {
    if (visit.origin !== undefined)
      resource.origin = { path: visit.origin === '' ? path : `${visit.origin}/${path}` }
  }
  return resources
}

function requireBuiltin(config: Resource, at: Place): Resource {
  if (config.apiVersion === 'builtin') return config
  const what = config.annotations().has('config.kubernetes.io/function')
    ? 'a function'
    : 'an executable plugin'
  return fail(
    `${describeId(config.id)} asks for ${what}; only built-in generators and transformers are run`,
    at,
  )
}

function originOf(config: Resource): Origin | undefined {
  if (config.origin?.path === undefined) return undefined
  const { apiVersion, kind, name, namespace } = config
  return { configuredIn: config.origin.path, configuredBy: { apiVersion, kind, name, namespace } }
}
