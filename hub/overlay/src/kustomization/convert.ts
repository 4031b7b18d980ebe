import { fail } from '../errors.ts'
import { type GeneratorOptions, mergeOptions } from '../generate/generator.ts'
import type { Selector } from '../patch/selector.ts'
import type { FieldOptions, Replacement, Source, Target } from '../references/replacements.ts'
import type { Variable } from '../references/variables.ts'
import { parseApiVersion } from '../resources/id.ts'
import type { GeneratorBehavior } from '../resources/resource.ts'
import type { FieldSpec } from '../transform/field-spec.ts'
import type { ImageChange } from '../transform/images.ts'
import type { LabelChange } from '../transform/labels.ts'
import type { Decoded, DecodedObject, Located, Text } from './decode.ts'
import type { GeneratorEntry, PatchEntry, SortOptions } from './types.ts'

/** From what `decode` has checked to the types the stages work with. */

export function texts(value: Decoded | undefined): Text[] {
  return (value ?? []) as Text[]
}

export function objects(value: Decoded | undefined): DecodedObject[] {
  return (value ?? []) as DecodedObject[]
}

export function map(value: Decoded | undefined): Map<string, Text> {
  return (value ?? new Map()) as Map<string, Text>
}

export function string(value: Decoded | undefined): string {
  return (value as Text | undefined)?.value ?? ''
}

export function plainMap(entries: ReadonlyMap<string, Text>): Map<string, string> {
  return new Map([...entries].map(([key, text]) => [key, text.value]))
}

export function places(entries: ReadonlyMap<string, Text>): Map<string, Located> {
  return new Map([...entries].map(([key, text]) => [key, text.at]))
}

function flag(value: Decoded | undefined): boolean {
  return value === true
}

export function selector(object: DecodedObject | undefined): Selector | undefined {
  if (object === undefined) return undefined
  return {
    group: string(object.group),
    version: string(object.version),
    kind: string(object.kind),
    name: string(object.name),
    namespace: string(object.namespace),
    labelSelector: string(object.labelSelector),
    annotationSelector: string(object.annotationSelector),
    at: object.at,
  }
}

export function patch(object: DecodedObject): PatchEntry {
  const options = object.options as DecodedObject | undefined
  return {
    path: string(object.path),
    patch: string(object.patch),
    target: selector(object.target as DecodedObject | undefined),
    allowNameChange: flag(options?.allowNameChange),
    allowKindChange: flag(options?.allowKindChange),
    at: object.at,
    patchAt: (object.patch as Text | undefined)?.at ?? object.at,
  }
}

export function image(object: DecodedObject): ImageChange {
  return {
    name: string(object.name),
    newName: string(object.newName),
    newTag: string(object.newTag),
    tagSuffix: string(object.tagSuffix),
    digest: string(object.digest),
    at: object.at,
  }
}

export function fieldSpec(object: DecodedObject): FieldSpec {
  return {
    group: string(object.group),
    version: string(object.version),
    kind: string(object.kind),
    path: string(object.path),
    create: flag(object.create),
  }
}

export function label(object: DecodedObject): LabelChange {
  const pairs = map(object.pairs)
  return {
    pairs: plainMap(pairs),
    includeSelectors: flag(object.includeSelectors),
    includeTemplates: flag(object.includeTemplates),
    includeVolumeClaimTemplates: flag(object.includeVolumeClaimTemplates),
    fields: objects(object.fields).map(fieldSpec),
    at: places(pairs),
  }
}

export function variable(object: DecodedObject): Variable {
  const target = object.objref as DecodedObject | undefined
  const apiVersion = string(target?.apiVersion)
  const given = { group: string(target?.group), version: string(target?.version) }
  const fieldPath = string((object.fieldref as DecodedObject | undefined)?.fieldPath)
  return {
    name: string(object.name),
    target: {
      ...versionOf(apiVersion, given),
      kind: string(target?.kind),
      name: string(target?.name),
      namespace: string(target?.namespace),
    },
    fieldPath: fieldPath === '' ? 'metadata.name' : fieldPath,
    at: object.at,
  }
}

function versionOf(
  apiVersion: string,
  given: { group: string; version: string },
): { group: string; version: string } {
  if (apiVersion === '') return given
  return apiVersion.includes('/') ? parseApiVersion(apiVersion) : { ...given, version: apiVersion }
}

function fieldOptions(object: DecodedObject | undefined): FieldOptions | undefined {
  if (object === undefined) return undefined
  return {
    delimiter: string(object.delimiter),
    index: (object.index as number | undefined) ?? 0,
    create: flag(object.create),
  }
}

export function replacement(object: DecodedObject): Replacement {
  const source = object.source as DecodedObject | undefined
  const value = object.sourceValue as Text | undefined
  return {
    source: source === undefined ? undefined : sourceOf(source),
    sourceValue: value?.value,
    targets: object.targets === undefined ? undefined : objects(object.targets).map(target),
    at: object.at,
  }
}

function sourceOf(object: DecodedObject): Source {
  return {
    ...selector(object)!,
    fieldPath: string(object.fieldPath),
    options: fieldOptions(object.options as DecodedObject | undefined),
    at: object.at,
  }
}

function target(object: DecodedObject): Target {
  return {
    select: selector(object.select as DecodedObject | undefined),
    reject: objects(object.reject).map((item) => selector(item)!),
    fieldPaths: texts(object.fieldPaths).map((path) => path.value),
    options: fieldOptions(object.options as DecodedObject | undefined),
    at: object.at,
  }
}

export function generatorOptions(object: DecodedObject | undefined): GeneratorOptions | undefined {
  if (object === undefined) return undefined
  return {
    labels: plainMap(map(object.labels)),
    annotations: plainMap(map(object.annotations)),
    disableNameSuffixHash: flag(object.disableNameSuffixHash),
    immutable: flag(object.immutable),
  }
}

const behaviors: readonly string[] = ['create', 'replace', 'merge']

export function generator(object: DecodedObject, global: GeneratorOptions | undefined): GeneratorEntry {
  const written = object.behavior as Text | undefined
  const behavior = behaviors.includes(written?.value ?? '')
    ? (written!.value as GeneratorBehavior)
    : 'unspecified'
  if (written !== undefined && written.value !== '' && behavior === 'unspecified')
    fail(`unknown behavior "${written.value}"; use create, replace or merge`, written.at)
  const env = object.env as Text | undefined
  return {
    generator: {
      name: string(object.name),
      namespace: string(object.namespace),
      type: string(object.type),
      behavior,
      at: object.at,
    },
    options: mergeOptions(generatorOptions(object.options as DecodedObject | undefined), global),
    sources: {
      envs: env === undefined || env.value === '' ? texts(object.envs) : [...texts(object.envs), env],
      literals: texts(object.literals),
      files: texts(object.files),
    },
  }
}

export function sortOptions(object: DecodedObject | undefined): SortOptions | undefined {
  if (object === undefined) return undefined
  const legacy = object.legacySortOptions as DecodedObject | undefined
  return {
    order: string(object.order),
    legacy:
      legacy === undefined
        ? undefined
        : {
            first: texts(legacy.orderFirst).map((kind) => kind.value),
            last: texts(legacy.orderLast).map((kind) => kind.value),
          },
    at: object.at,
  }
}
