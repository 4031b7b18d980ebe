import { fail } from '../errors.ts'
import { type Gvk, isSelected, sameGvk } from '../resources/id.ts'
import type { FieldSpec } from './field-spec.ts'

/** Fields in which other objects hold the name of an object of this kind. */
export interface NameReference extends Partial<Gvk> {
  readonly fieldSpecs: readonly FieldSpec[]
}

/** Which fields each transformer touches. `configurations:` and `crds:` add to it. */
export interface TransformerConfig {
  readonly namePrefix: readonly FieldSpec[]
  readonly nameSuffix: readonly FieldSpec[]
  readonly namespace: readonly FieldSpec[]
  readonly commonLabels: readonly FieldSpec[]
  readonly labels: readonly FieldSpec[]
  readonly templateLabels: readonly FieldSpec[]
  readonly volumeClaimTemplateLabels: readonly FieldSpec[]
  readonly commonAnnotations: readonly FieldSpec[]
  readonly varReference: readonly FieldSpec[]
  readonly images: readonly FieldSpec[]
  readonly replicas: readonly FieldSpec[]
  readonly nameReference: readonly NameReference[]
}

export const emptyConfig: TransformerConfig = {
  namePrefix: [],
  nameSuffix: [],
  namespace: [],
  commonLabels: [],
  labels: [],
  templateLabels: [],
  volumeClaimTemplateLabels: [],
  commonAnnotations: [],
  varReference: [],
  images: [],
  replicas: [],
  nameReference: [],
}

export function mergeConfigs(base: TransformerConfig, added: TransformerConfig): TransformerConfig {
  if (base === added || added === emptyConfig) return base
  const specs = (name: Exclude<keyof TransformerConfig, 'nameReference'>): FieldSpec[] =>
    mergeFieldSpecs(base[name], added[name]).sort(compareByKind)
  return {
    namePrefix: specs('namePrefix'),
    nameSuffix: specs('nameSuffix'),
    namespace: specs('namespace'),
    commonLabels: specs('commonLabels'),
    labels: specs('labels'),
    templateLabels: specs('templateLabels'),
    volumeClaimTemplateLabels: specs('volumeClaimTemplateLabels'),
    commonAnnotations: specs('commonAnnotations'),
    varReference: specs('varReference'),
    images: specs('images'),
    replicas: specs('replicas'),
    nameReference: mergeNameReferences(base.nameReference, added.nameReference).sort(compareByKind),
  }
}

/** Adds the specs that are not there yet; one that differs only in `create` is a conflict. */
export function mergeFieldSpecs(base: readonly FieldSpec[], added: readonly FieldSpec[]): FieldSpec[] {
  const result = [...base]
  for (const spec of added) {
    const known = result.find(
      (candidate) => candidate.path === spec.path && isSelected(gvkOf(candidate), spec),
    )
    if (known === undefined) result.push(spec)
    else if ((known.create ?? false) !== (spec.create ?? false))
      fail(`conflicting field specs for ${spec.path}: one says create, the other does not`)
  }
  return result
}

function mergeNameReferences(
  base: readonly NameReference[],
  added: readonly NameReference[],
): NameReference[] {
  const result = [...base]
  for (const reference of added) {
    const index = result.findIndex((candidate) => sameGvk(gvkOf(candidate), gvkOf(reference)))
    if (index < 0) result.push(reference)
    else
      result[index] = {
        ...result[index]!,
        fieldSpecs: mergeFieldSpecs(result[index]!.fieldSpecs, reference.fieldSpecs),
      }
  }
  return result
}

export function gvkOf({ group = '', version = '', kind = '' }: Partial<Gvk>): Gvk {
  return { group, version, kind }
}

const firstKinds = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
] as const
const lastKinds = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const

/** The order in which objects are usually created: what others need comes first. */
export const defaultKindOrder = {
  first: firstKinds as readonly string[],
  last: lastKinds as readonly string[],
}

const ranks = new Map<string, number>([
  ...firstKinds.map((kind, index): [string, number] => [kind, index - firstKinds.length]),
  ...lastKinds.map((kind, index): [string, number] => [kind, index + 1]),
])

function compareByKind(a: Partial<Gvk>, b: Partial<Gvk>): number {
  const rank = (ranks.get(a.kind ?? '') ?? 0) - (ranks.get(b.kind ?? '') ?? 0)
  if (rank !== 0) return rank
  const left = sortText(a)
  const right = sortText(b)
  return left < right ? -1 : left > right ? 1 : 0
}

function sortText({ group, version, kind }: Partial<Gvk>): string {
  return `${group || '~G'}_${version || '~V'}_${kind || '~K'}`
}
