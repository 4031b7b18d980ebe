import { posix } from 'node:path'
import { fail } from '../errors.ts'
import { addHashes } from '../generate/hash.ts'
import {
  fieldSpec,
  image,
  map,
  objects,
  patch,
  places,
  plainMap,
  replacement,
  selector,
  string,
  texts,
} from '../kustomization/convert.ts'
import {
  type DecodedObject,
  decodeLeniently,
  type Located,
  type Shape,
  type Text,
} from '../kustomization/decode.ts'
import { replacementsOf } from '../kustomization/replacement-files.ts'
import {
  fieldSpecShape,
  imageShape,
  patchShape,
  replacementOrPathShape,
  selectorShape,
} from '../kustomization/shape.ts'
import type { TransformerStep } from '../kustomization/steps.ts'
import { applyJsonPatch, applyPatch, mergeIntoNamed } from '../patch/apply.ts'
import { readMergePatches, readOperations, readPatch } from '../patch/read.ts'
import { applyReplacements } from '../references/replacements.ts'
import type { Resource } from '../resources/resource.ts'
import type { ResourceSet } from '../resources/resource-set.ts'
import { addAffix } from '../transform/affix.ts'
import type { FieldSpec } from '../transform/field-spec.ts'
import { changeImages } from '../transform/images.ts'
import { addEntries } from '../transform/labels.ts'
import { type SubjectMode, setNamespace } from '../transform/namespace.ts'
import { setReplicas } from '../transform/replicas.ts'
import type { Visit } from '../visit.ts'
import { addValue, type ValueTarget } from './value-add.ts'

type Run = TransformerStep['run']

const fieldSpecs: Shape = { list: fieldSpecShape }
const pairs: Shape = { map: 'string' }
const valueTarget: Shape = {
  fields: { selector: selectorShape, fieldPath: 'string', filePathPosition: 'integer' },
}

/** What each built-in transformer reads from its configuration. */
const shapes: Readonly<Record<string, Shape>> = {
  AnnotationsTransformer: { fields: { annotations: pairs, fieldSpecs } },
  LabelTransformer: { fields: { labels: pairs, fieldSpecs } },
  PrefixTransformer: { fields: { prefix: 'string', fieldSpecs } },
  SuffixTransformer: { fields: { suffix: 'string', fieldSpecs } },
  PrefixSuffixTransformer: { fields: { prefix: 'string', suffix: 'string', fieldSpecs } },
  NamespaceTransformer: {
    fields: {
      metadata: { fields: { namespace: 'string' } },
      fieldSpecs,
      unsetOnly: 'boolean',
      setRoleBindingSubjects: 'string',
    },
  },
  ImageTagTransformer: { fields: { imageTag: imageShape, fieldSpecs } },
  ReplicaCountTransformer: {
    fields: { replica: { fields: { name: 'string', count: 'integer' } }, fieldSpecs },
  },
  PatchTransformer: patchShape,
  PatchJson6902Transformer: { fields: { target: selectorShape, path: 'string', jsonOp: 'string' } },
  PatchStrategicMergeTransformer: { fields: { paths: { list: 'string' }, patches: 'string' } },
  ReplacementTransformer: { fields: { replacements: { list: replacementOrPathShape } } },
  ValueAddTransformer: {
    fields: { value: 'string', targets: { list: valueTarget }, targetFilePath: 'string' },
  },
  HashTransformer: { fields: {} },
}

/** A built-in transformer whose configuration is an object instead of a field of the kustomization. */
export function convertTransformer(visit: Visit, config: Resource): Run {
  const shape = Object.hasOwn(shapes, config.kind) ? shapes[config.kind] : undefined
  if (shape === undefined)
    fail(`there is no built-in transformer ${config.kind}`, { ...config.place, field: 'kind' })
  const decoded = decodeLeniently(config.node, shape)
  const specs = objects(decoded.fieldSpecs).map(fieldSpec)
  if (config.kind.startsWith('Patch')) return patchTransformer(visit, config, decoded)
  if (config.kind === 'ReplacementTransformer') return replacementTransformer(visit, decoded)
  if (config.kind === 'ValueAddTransformer') return valueAddTransformer(visit, config, decoded)
  if (config.kind === 'HashTransformer') return addHashes
  return fieldTransformer(config, decoded, specs)
}

function fieldTransformer(config: Resource, decoded: DecodedObject, specs: readonly FieldSpec[]): Run {
  const { kind } = config
  if (kind === 'AnnotationsTransformer') return entries(map(decoded.annotations), specs)
  if (kind === 'LabelTransformer') return entries(map(decoded.labels), specs)
  if (kind === 'NamespaceTransformer') return namespace(decoded, specs)
  if (kind === 'ImageTagTransformer') {
    const change = image((decoded.imageTag as DecodedObject | undefined) ?? { at: decoded.at })
    return (all) => changeImages(all, change, specs)
  }
  if (kind === 'ReplicaCountTransformer') {
    const replica = decoded.replica as DecodedObject | undefined
    const change = { name: string(replica?.name), count: String(replica?.count ?? 0), at: decoded.at }
    return (all) => setReplicas(all, change, specs)
  }
  if (decoded.fieldSpecs === undefined)
    fail(`a ${kind} needs fieldSpecs`, { ...config.place, field: 'fieldSpecs' })
  return (all) => {
    if (kind !== 'SuffixTransformer') addAffix(all, 'prefix', string(decoded.prefix), specs, decoded.at)
    if (kind !== 'PrefixTransformer') addAffix(all, 'suffix', string(decoded.suffix), specs, decoded.at)
  }
}

function entries(values: ReadonlyMap<string, Text>, specs: readonly FieldSpec[]): Run {
  return (all) => addEntries(all, plainMap(values), specs, places(values))
}

const subjectModes: readonly string[] = ['defaultOnly', 'allServiceAccounts', 'none']

function namespace(decoded: DecodedObject, specs: readonly FieldSpec[]): Run {
  const mode = string(decoded.setRoleBindingSubjects) || 'defaultOnly'
  if (!subjectModes.includes(mode))
    fail(`setRoleBindingSubjects must be one of ${subjectModes.join(', ')}`, decoded.at)
  const text = (decoded.metadata as DecodedObject | undefined)?.namespace
  const options = {
    namespace: string(text),
    specs,
    unsetOnly: decoded.unsetOnly === true,
    subjects: mode as SubjectMode,
    at: (text as Text | undefined)?.at ?? decoded.at,
  }
  return (all) => setNamespace(all, options)
}

function patchTransformer({ context, directory }: Visit, config: Resource, decoded: DecodedObject): Run {
  if (config.kind === 'PatchTransformer') {
    const read = readPatch(context, directory, patch(decoded))
    return (all) => applyPatch(all, read, context.schema, context.warnings)
  }
  if (config.kind === 'PatchJson6902Transformer') {
    const entry = patch({ ...decoded, patch: decoded.jsonOp })
    const operations = readOperations(context, directory, entry)
    const read = {
      type: 'operations',
      operations,
      target: selector(decoded.target as DecodedObject),
      at: decoded.at,
    } as const
    return (all) => applyJsonPatch(all, read, false, context.warnings)
  }
  const inline = decoded.patches as Text | undefined
  const files = texts(decoded.paths).flatMap((entry) => readMergePatches(context, directory, entry))
  const merges = inline === undefined ? files : [...files, ...readMergePatches(context, directory, inline)]
  return (all) => {
    for (const merge of merges) mergeIntoNamed(all, merge, context.schema)
  }
}

function replacementTransformer(visit: Visit, decoded: DecodedObject): Run {
  const list = replacementsOf(
    visit,
    objects(decoded.replacements).map((entry) =>
      string(entry.path) === '' ? replacement(entry) : { path: entry.path as Text },
    ),
  )
  return (all) => applyReplacements(all, list)
}

function valueAddTransformer(visit: Visit, config: Resource, decoded: DecodedObject): Run {
  const file = decoded.targetFilePath as Text | undefined
  if (file !== undefined) fail('targetFilePath is not supported; list the targets', { ...file.at })
  const value = string(decoded.value).trim() || posix.basename(visit.directory)
  const targets = objects(decoded.targets).map(toValueTarget)
  if (targets.length === 0) fail('a ValueAddTransformer needs at least one target', config.place)
  return (all: ResourceSet) => {
    for (const target of targets) addValue(all, target, value, decoded.at)
  }
}

function toValueTarget(object: DecodedObject): ValueTarget {
  const at: Located = object.at
  if (string(object.fieldPath) === '') fail('a target needs fieldPath', at)
  return {
    selector: selector(object.selector as DecodedObject | undefined),
    fieldPath: string(object.fieldPath),
    position: (object.filePathPosition as number | undefined) ?? 0,
  }
}
