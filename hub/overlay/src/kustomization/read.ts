import { fail, OverlayError, type Problem, problem } from '../errors.ts'
import type { OverlayLimits } from '../limits.ts'
import { isNull, type Node } from '../yaml/node.ts'
import { parseOne } from '../yaml/parse.ts'
import * as convert from './convert.ts'
import { type DecodedObject, decode, type Text } from './decode.ts'
import { kustomizationShape, refusedFields } from './shape.ts'
import type { Kustomization, ReplacementFile } from './types.ts'

export const kustomizationFileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const

const kustomizationVersion = 'kustomize.config.k8s.io/v1beta1'
const componentVersion = 'kustomize.config.k8s.io/v1alpha1'

const deprecated: Readonly<Record<string, string>> = {
  bases: 'resources',
  commonLabels: 'labels',
  imageTags: 'images',
  patchesJson6902: 'patches',
  patchesStrategicMerge: 'patches',
  vars: 'replacements',
}

/** Parses and checks a kustomization file. Deprecated fields add to `warnings`. */
export function readKustomization(
  source: string,
  file: string,
  limits: OverlayLimits,
  warnings: Problem[],
): Kustomization {
  const node = parseOne(source, file, { limits, duplicateKeys: 'last' })
  if (node === undefined || isNull(node)) fail('the kustomization is empty', { file, line: 1, column: 1 })
  const decoded = decode(node, kustomizationShape, '') as DecodedObject
  refuse(decoded, node)
  requireHeader(decoded, node)
  for (const [name, replacement] of Object.entries(deprecated)) {
    if (decoded[name] !== undefined)
      warnings.push(
        problem(`"${name}" is deprecated; use "${replacement}"`, {
          file,
          field: name,
          ...keyPlace(node, name),
        }),
      )
  }
  return toKustomization(decoded, file)
}

function refuse(decoded: DecodedObject, node: Node): void {
  const problems = Object.entries(refusedFields)
    .filter(([name]) => decoded[name] !== undefined && (decoded[name] as Node).content.length > 0)
    .map(([name, why]) =>
      problem(`${name} is refused: ${why}`, { file: node.file, field: name, ...keyPlace(node, name) }),
    )
  if (problems.length > 0) throw new OverlayError(problems)
}

function keyPlace(node: Node, name: string): { line?: number; column?: number } {
  const key = node.content.find(
    (item, index) => index % 2 === 0 && item.value.toLowerCase() === name.toLowerCase(),
  )
  return key === undefined ? {} : { line: key.line, column: key.column }
}

function requireHeader(decoded: DecodedObject, node: Node): void {
  const kind = decoded.kind as Text | undefined
  const apiVersion = decoded.apiVersion as Text | undefined
  const isEmpty = Object.keys(decoded).every((name) => ['at', 'kind', 'apiVersion'].includes(name))
  if (isEmpty) fail('the kustomization is empty', { file: node.file, line: node.line, column: node.column })
  const name = kind === undefined || kind.value === '' ? 'Kustomization' : kind.value
  if (name !== 'Kustomization' && name !== 'Component')
    fail(`kind must be Kustomization or Component, not "${name}"`, kind?.at)
  const version = name === 'Component' ? componentVersion : kustomizationVersion
  if (apiVersion !== undefined && apiVersion.value !== '' && apiVersion.value !== version)
    fail(`the apiVersion of a ${name} must be ${version}, not "${apiVersion.value}"`, apiVersion.at)
}

function toKustomization(decoded: DecodedObject, file: string): Kustomization {
  const { texts, objects, map, string } = convert
  const options = convert.generatorOptions(decoded.generatorOptions as DecodedObject | undefined)
  const text = (name: string): Text | undefined =>
    string(decoded[name]) === '' ? undefined : (decoded[name] as Text)
  return {
    file,
    isComponent: string(decoded.kind) === 'Component',
    resources: [...texts(decoded.resources), ...texts(decoded.bases)],
    components: texts(decoded.components),
    crds: texts(decoded.crds),
    configurations: texts(decoded.configurations),
    generators: texts(decoded.generators),
    transformers: texts(decoded.transformers),
    validators: texts(decoded.validators),
    openapi: map(decoded.openapi),
    namePrefix: text('namePrefix'),
    nameSuffix: text('nameSuffix'),
    namespace: text('namespace'),
    commonLabels: map(decoded.commonLabels),
    commonAnnotations: map(decoded.commonAnnotations),
    labels: objects(decoded.labels).map(convert.label),
    patchesStrategicMerge: texts(decoded.patchesStrategicMerge),
    patchesJson6902: objects(decoded.patchesJson6902).map(convert.patch),
    patches: objects(decoded.patches).map(convert.patch),
    images: [...objects(decoded.images), ...objects(decoded.imageTags)].map(convert.image),
    replicas: objects(decoded.replicas).map((replica) => ({
      name: string(replica.name),
      count: String(replica.count ?? 0),
      at: replica.at,
    })),
    replacements: objects(decoded.replacements).map(replacementOrFile),
    vars: objects(decoded.vars).map(convert.variable),
    configMapGenerator: objects(decoded.configMapGenerator).map((entry) => convert.generator(entry, options)),
    secretGenerator: objects(decoded.secretGenerator).map((entry) => convert.generator(entry, options)),
    sortOptions: convert.sortOptions(decoded.sortOptions as DecodedObject | undefined),
    buildMetadata: texts(decoded.buildMetadata),
  }
}

function replacementOrFile(object: DecodedObject): Kustomization['replacements'][number] {
  const path = object.path as Text | undefined
  if (path === undefined || path.value === '') return convert.replacement(object)
  if (object.source !== undefined || convert.objects(object.targets).length > 0)
    fail('a replacement has either a path or its own source and targets', object.at)
  return { path } satisfies ReplacementFile
}
