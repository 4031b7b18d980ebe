import { fail } from '../errors.ts'
import type { Text } from '../kustomization/decode.ts'
import type { Loader } from '../loader.ts'
import { type Json, toJson } from '../yaml/json.ts'
import { parseOne } from '../yaml/parse.ts'
import { emptyConfig, mergeConfigs, type TransformerConfig } from './config.ts'
import type { FieldSpec } from './field-spec.ts'

/**
 * Reads the files of `crds:` — OpenAPI definitions of custom kinds, not CustomResourceDefinitions — and
 * learns from their `x-kubernetes-…` extensions which fields hold labels, annotations, names and references.
 */
export function readCrds(loader: Loader, directory: string, files: readonly Text[]): TransformerConfig {
  let config = emptyConfig
  for (const { value, at } of files) {
    const { text, path } = loader.readText(directory, value, at)
    const node = parseOne(text, path, loader)
    if (node === undefined || node.kind !== 'mapping')
      fail(`${path} must map type names to OpenAPI definitions`, at)
    config = mergeConfigs(config, configOf(toJson(node) as Record<string, Definition>))
  }
  return config
}

interface Definition {
  readonly Schema?: { readonly properties?: Readonly<Record<string, Property>> }
}
type Property = { readonly $ref?: string; readonly [extension: `x-kubernetes-${string}`]: Json | undefined }

function configOf(definitions: Readonly<Record<string, Definition>>): TransformerConfig {
  let config = emptyConfig
  for (const name of Object.keys(definitions).sort()) {
    const properties = definitions[name]?.Schema?.properties ?? {}
    const isKind = ['kind', 'apiVersion', 'metadata'].every((field) => Object.hasOwn(properties, field))
    if (!isKind) continue
    const reader = new DefinitionReader(definitions, name.split('.').at(-1)!)
    reader.read(name, [])
    config = mergeConfigs(config, reader.config)
  }
  return config
}

class DefinitionReader {
  config: TransformerConfig = emptyConfig
  readonly #definitions: Readonly<Record<string, Definition>>
  readonly #kind: string
  readonly #open = new Set<string>()

  constructor(definitions: Readonly<Record<string, Definition>>, kind: string) {
    this.#definitions = definitions
    this.#kind = kind
  }

  read(typeName: string, path: readonly string[]): void {
    // A type that contains itself would lead to paths without end.
    if (this.#open.has(typeName)) return
    this.#open.add(typeName)
    for (const [name, property] of Object.entries(this.#definitions[typeName]?.Schema?.properties ?? {})) {
      this.#property(property, [...path, name])
      if (property.$ref !== undefined && property.$ref !== '') this.read(property.$ref, [...path, name])
    }
    this.#open.delete(typeName)
  }

  #property(property: Property, path: readonly string[]): void {
    const spec: FieldSpec = { kind: this.#kind, path: path.join('/'), create: false }
    const has = (extension: string): boolean => typeof property[`x-kubernetes-${extension}`] === 'string'
    if (has('annotation')) this.#add({ commonAnnotations: [spec] })
    if (has('label-selector')) this.#add({ commonLabels: [spec] })
    if (has('identity')) this.#add({ namePrefix: [spec] })
    if (!has('object-ref-api-version') || !has('object-ref-kind')) return
    const nameKey = property['x-kubernetes-object-ref-name-key']
    this.#add({
      nameReference: [
        {
          kind: property['x-kubernetes-object-ref-kind'] as string,
          version: property['x-kubernetes-object-ref-api-version'] as string,
          fieldSpecs: [
            { ...spec, path: [...path, typeof nameKey === 'string' ? nameKey : 'name'].join('/') },
          ],
        },
      ],
    })
  }

  #add(part: Partial<TransformerConfig>): void {
    this.config = mergeConfigs(this.config, { ...emptyConfig, ...part })
  }
}
