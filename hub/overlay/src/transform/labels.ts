import type { ResourceSet } from '../resources/resource-set.ts'
import { mergeFieldSpecs, type TransformerConfig } from './config.ts'
import type { FieldSpec } from './field-spec.ts'
import { type At, setEntries } from './fields.ts'

export interface LabelChange {
  readonly pairs: ReadonlyMap<string, string>
  readonly includeSelectors: boolean
  readonly includeTemplates: boolean
  readonly includeVolumeClaimTemplates: boolean
  readonly fields: readonly FieldSpec[]
  readonly at?: ReadonlyMap<string, At>
}

const metadataLabels: FieldSpec = { path: 'metadata/labels', create: true }

/** Adds labels: to the metadata, and as asked to selectors, pod templates, volume claim templates and own fields. */
export function addLabels(resources: ResourceSet, change: LabelChange, config: TransformerConfig): void {
  let specs = mergeFieldSpecs(change.fields, config.labels)
  if (change.includeSelectors) specs = mergeFieldSpecs(specs, config.commonLabels)
  else {
    if (change.includeTemplates) specs = mergeFieldSpecs(specs, config.templateLabels)
    if (change.includeVolumeClaimTemplates) specs = mergeFieldSpecs(specs, config.volumeClaimTemplateLabels)
    specs = mergeFieldSpecs(specs, [metadataLabels])
  }
  addEntries(resources, change.pairs, specs, change.at)
}

/** Adds entries to the maps the specs lead to. */
export function addEntries(
  resources: ResourceSet,
  entries: ReadonlyMap<string, string>,
  specs: readonly FieldSpec[],
  at?: ReadonlyMap<string, At>,
): void {
  for (const resource of resources.all) setEntries(resource, specs, entries, at)
}
