import { fail, type Place, within } from '../errors.ts'
import { applyJsonPatch, applyPatch, mergeIntoNamed } from '../patch/apply.ts'
import { readMergePatches, readOperations, readPatch } from '../patch/read.ts'
import { pluginTransformers } from '../plugins/plugins.ts'
import { applyReplacements } from '../references/replacements.ts'
import { addAffix } from '../transform/affix.ts'
import type { TransformerConfig } from '../transform/config.ts'
import { changeImages } from '../transform/images.ts'
import { addEntries, addLabels } from '../transform/labels.ts'
import { setNamespace } from '../transform/namespace.ts'
import { setReplicas } from '../transform/replicas.ts'
import type { Visit } from '../visit.ts'
import { places, plainMap } from './convert.ts'
import { replacementsOf } from './replacement-files.ts'
import { builtinOrigin, type TransformerStep } from './steps.ts'
import type { Kustomization } from './types.ts'

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
      kustomization.replicas.map((replica) =>
        at(replica.at, (all) => setReplicas(all, replica, config.replicas)),
      ),
    ],
    [
      'ImageTagTransformer',
      kustomization.images.map((image) => at(image.at, (all) => changeImages(all, image, config.images))),
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
    at(patchesStrategicMerge[0]!.at, (all) => {
      for (const merge of merges) {
        mergeIntoNamed(all, merge, context.schema)
        all.dropDeleted()
      }
    }),
  ]
}

/** What goes wrong without a place of its own went wrong at this one. */
function at(place: Place | undefined, run: Run): Run {
  return (all) => within(place ?? {}, () => run(all))
}

function patches({ context, directory }: Visit, kustomization: Kustomization): Run[] {
  return kustomization.patches.map((entry) => {
    const patch = readPatch(context, directory, entry)
    return at(entry.at, (all) => applyPatch(all, patch, context.schema, context.warnings))
  })
}

function namespace(kustomization: Kustomization, config: TransformerConfig): Run[] {
  const text = kustomization.namespace
  if (text === undefined) return []
  const options = { namespace: text.value, specs: config.namespace, at: text.at }
  return [at(text.at, (all) => setNamespace(all, options))]
}

function affixes(kustomization: Kustomization, config: TransformerConfig, affix: 'prefix' | 'suffix'): Run[] {
  const text = affix === 'prefix' ? kustomization.namePrefix : kustomization.nameSuffix
  if (text === undefined) return []
  const specs = affix === 'prefix' ? config.namePrefix : config.nameSuffix
  return [at(text.at, (all) => addAffix(all, affix, text.value, specs, text.at))]
}

function labels({ file, labels: changes, commonLabels }: Kustomization, config: TransformerConfig): Run[] {
  if (changes.length === 0 && commonLabels.size === 0) return []
  return [
    ...changes.map((change) => at({ file, field: 'labels' }, (all) => addLabels(all, change, config))),
    at({ file, field: 'commonLabels' }, (all) =>
      addEntries(all, plainMap(commonLabels), config.commonLabels, places(commonLabels)),
    ),
  ]
}

function annotations({ file, commonAnnotations }: Kustomization, config: TransformerConfig): Run[] {
  if (commonAnnotations.size === 0) return []
  return [
    at({ file, field: 'commonAnnotations' }, (all) =>
      addEntries(all, plainMap(commonAnnotations), config.commonAnnotations, places(commonAnnotations)),
    ),
  ]
}

function jsonPatches({ context, directory }: Visit, kustomization: Kustomization): Run[] {
  return kustomization.patchesJson6902.map((entry) => {
    const operations = readOperations(context, directory, entry)
    const patch = { type: 'operations', operations, target: entry.target, at: entry.at } as const
    return at(entry.at, (all) => applyJsonPatch(all, patch, false, context.warnings))
  })
}

function replacements(visit: Visit, kustomization: Kustomization): Run[] {
  if (kustomization.replacements.length === 0) return []
  const list = replacementsOf(visit, kustomization.replacements)
  return [at({ file: kustomization.file, field: 'replacements' }, (all) => applyReplacements(all, list))]
}
