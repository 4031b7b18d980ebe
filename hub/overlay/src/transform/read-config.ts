import { fieldSpec, objects, string } from '../kustomization/convert.ts'
import { type DecodedObject, decode, type Text } from '../kustomization/decode.ts'
import { configurationShape } from '../kustomization/shape.ts'
import type { Loader } from '../loader.ts'
import { parseOne } from '../yaml/parse.ts'
import { emptyConfig, mergeConfigs, type TransformerConfig } from './config.ts'
import { defaultConfig } from './default-config.ts'

/** The built-in configuration, with what the files of `configurations:` add. */
export function readConfigurations(
  loader: Loader,
  directory: string,
  files: readonly Text[],
): TransformerConfig {
  let added = emptyConfig
  for (const { value, at } of files) {
    const { text, path } = loader.readText(directory, value, at)
    const node = parseOne(text, path, loader)
    if (node !== undefined)
      added = mergeConfigs(added, toConfig(decode(node, configurationShape, '') as DecodedObject))
  }
  return mergeConfigs(defaultConfig, added)
}

function toConfig(decoded: DecodedObject): TransformerConfig {
  const specs = (name: string) => objects(decoded[name]).map(fieldSpec)
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
    nameReference: objects(decoded.nameReference).map((reference) => ({
      group: string(reference.group),
      version: string(reference.version),
      kind: string(reference.kind),
      fieldSpecs: objects(reference.fieldSpecs).map(fieldSpec),
    })),
  }
}
