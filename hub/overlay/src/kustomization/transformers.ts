import { fail } from '../errors.ts'
import { applyJsonPatch, applyPatch, mergeIntoNamed } from '../patch/apply.ts'
import { readMergePatches, readOperations, readPatch } from '../patch/read.ts'
import { pluginTransformers } from '../plugins/plugins.ts'
import { applyReplacements } from '../references/replacements.ts'
import type { Origin } from '../resources/origin.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { addAffix } from '../transform/affix.ts'
import type { TransformerConfig } from '../transform/config.ts'
import { changeImages } from '../transform/images.ts'
import { addEntries, addLabels } from '../transform/labels.ts'
import { setNamespace } from '../transform/namespace.ts'
import { setReplicas } from '../transform/replicas.ts'
import type { Visit } from '../visit.ts'
import { places, plainMap } from './convert.ts'
import { builtinOrigin } from './generators.ts'
import { replacementsOf } from './replacement-files.ts'
import type { Kustomization } from './types.ts'

export interface TransformerStep {
  run(resources: ResourceSet): void
  readonly origin: Origin | undefined
}

type Run = TransformerStep['run']

/** The transformers of a kustomization, in the fixed order in which they run, whatever the order in the file. */
export function transformersOf(
  visit: Visit,
  kustomization: Kustomization,
  config: TransformerConfig,
): TransformerStep[] {
  const named: [plugin: string, runs: Run[]][] = [
    ['PatchStrategicMergeTransformer', strategicMerges(visit, kustomization)],
    ['PatchTransformer', patches(visit, kustomization)],
    ['NamespaceTransformer', namespace(kustomization, config)],
    ['PrefixTransformer', affixes(kustomization, config, 'prefix')],
    ['SuffixTransformer', affixes(kustomization, config, 'suffix')],
    ['LabelTransformer', labels(kustomization, config)],
    ['AnnotationsTransformer', annotations(kustomization, config)],
    ['PatchJson6902Transformer', jsonPatches(visit, kustomization)],
    [
      'ReplicaCountTransformer',
      kustomization.replicas.map((replica) => (all) => setReplicas(all, replica, config.replicas)),
    ],
    [
      'ImageTagTransformer',
      kustomization.images.map((image) => (all) => changeImages(all, image, config.images)),
    ],
    ['ReplacementTransformer', replacements(visit, kustomization)],
  ]
  const builtin = named.flatMap(([plugin, runs]) =>
    runs.map((run) => ({ run, origin: builtinOrigin(visit, kustomization, plugin) })),
  )
  return [...builtin, ...pluginTransformers(visit, kustomization)]
}

function strategicMerges({ context, directory }: Visit, { patchesStrategicMerge }: Kustomization): Run[] {
  if (patchesStrategicMerge.length === 0) return []
  const merges = patchesStrategicMerge.flatMap((entry) => readMergePatches(context, directory, entry))
  if (merges.length === 0) fail('the patches are empty', patchesStrategicMerge[0]!.at)
  return [
    (all) => {
      for (const merge of merges) {
        mergeIntoNamed(all, merge, context.schema)
        all.dropDeleted()
      }
    },
  ]
}

function patches({ context, directory }: Visit, kustomization: Kustomization): Run[] {
  return kustomization.patches.map((entry) => {
    const patch = readPatch(context, directory, entry)
    return (all) => applyPatch(all, patch, context.schema, context.warnings)
  })
}

function namespace(kustomization: Kustomization, config: TransformerConfig): Run[] {
  const text = kustomization.namespace
  if (text === undefined) return []
  return [(all) => setNamespace(all, { namespace: text.value, specs: config.namespace, at: text.at })]
}

function affixes(kustomization: Kustomization, config: TransformerConfig, affix: 'prefix' | 'suffix'): Run[] {
  const text = affix === 'prefix' ? kustomization.namePrefix : kustomization.nameSuffix
  if (text === undefined) return []
  const specs = affix === 'prefix' ? config.namePrefix : config.nameSuffix
  return [(all) => addAffix(all, affix, text.value, specs, text.at)]
}

function labels({ labels: changes, commonLabels }: Kustomization, config: TransformerConfig): Run[] {
  if (changes.length === 0 && commonLabels.size === 0) return []
  return [
    ...changes.map(
      (change): Run =>
        (all) =>
          addLabels(all, change, config),
    ),
    (all) => addEntries(all, plainMap(commonLabels), config.commonLabels, places(commonLabels)),
  ]
}

function annotations({ commonAnnotations }: Kustomization, config: TransformerConfig): Run[] {
  if (commonAnnotations.size === 0) return []
  return [
    (all) =>
      addEntries(all, plainMap(commonAnnotations), config.commonAnnotations, places(commonAnnotations)),
  ]
}

function jsonPatches({ context, directory }: Visit, kustomization: Kustomization): Run[] {
  return kustomization.patchesJson6902.map((entry) => {
    const operations = readOperations(context, directory, entry)
    const patch = { type: 'operations', operations, target: entry.target, at: entry.at } as const
    return (all) => applyJsonPatch(all, patch, false, context.warnings)
  })
}

function replacements(visit: Visit, kustomization: Kustomization): Run[] {
  if (kustomization.replacements.length === 0) return []
  const list = replacementsOf(visit, kustomization.replacements)
  return [(all) => applyReplacements(all, list)]
}
