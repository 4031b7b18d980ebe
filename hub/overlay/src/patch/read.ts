import type { BuildContext } from '../context.ts'
import { fail } from '../errors.ts'
import type { Text } from '../kustomization/decode.ts'
import type { PatchEntry } from '../kustomization/types.ts'
import { resourcesFrom } from '../resources/load.ts'
import type { Resource } from '../resources/resource.ts'
import type { Node } from '../yaml/node.ts'
import { parseOne, parseStream } from '../yaml/parse.ts'
import type { Patch } from './apply.ts'
import { type Operation, operationsFrom } from './json-patch.ts'

/** Reads an entry of `patches`: a strategic merge patch or JSON 6902 operations, inline or in a file. */
export function readPatch(context: BuildContext, directory: string, entry: PatchEntry): Patch {
  const { target, at } = entry
  const content = contentOf(context, directory, entry)
  const first = parseOne(content.text, content.file, {
    limits: context.loader.limits,
    firstLine: content.firstLine,
    duplicateKeys: 'keep',
  })
  if (first?.kind === 'sequence')
    return { type: 'operations', operations: operationsFrom(first)!, target, at }
  const patches = mergePatches(context, content)
  for (const patch of patches) {
    patch.allowNameChange = entry.allowNameChange
    patch.allowKindChange = entry.allowKindChange
  }
  return { type: 'merge', patches, target, at }
}

/** Reads an entry of `patchesStrategicMerge`: the patch itself, or the path of its file. */
export function readMergePatches(context: BuildContext, directory: string, entry: Text): Resource[] {
  const isInline = entry.value.includes('\n') || entry.value.trimStart().startsWith('{')
  if (isInline) return mergePatches(context, inline(entry.value, entry.at))
  const { text, path } = context.loader.readText(directory, entry.value, entry.at)
  return mergePatches(context, { text, file: path, firstLine: 0 })
}

/** Reads an entry of `patchesJson6902`. */
export function readOperations(context: BuildContext, directory: string, entry: PatchEntry): Operation[] {
  if (entry.target === undefined || !entry.target.name)
    fail('a JSON patch needs target.name', { ...entry.at, field: `${entry.at.field}.target` })
  const { text, file, firstLine } = contentOf(context, directory, entry)
  const operations = operationsFrom(parseOne(text, file, { limits: context.loader.limits, firstLine }))
  if (operations === undefined || operations.length === 0)
    fail('a JSON patch must be a list of operations', entry.at)
  return operations
}

interface Content {
  readonly text: string
  readonly file: string
  /** Lines of the file before the text. */
  readonly firstLine: number
}

function contentOf(context: BuildContext, directory: string, entry: PatchEntry): Content {
  const { path, patch, at } = entry
  const isInline = patch.trim() !== ''
  if (isInline && path !== '') fail('a patch has either patch or path, not both', at)
  if (!isInline && path === '') fail('a patch needs patch or path', at)
  if (isInline) return inline(patch, entry.patchAt)
  const read = context.loader.readText(directory, path, at)
  return { text: read.text, file: read.path, firstLine: 0 }
}

/** A block scalar starts on the line after the one that announces it. */
function inline(text: string, at: { file: string; line: number }): Content {
  return { text, file: at.file, firstLine: text.includes('\n') ? at.line : at.line - 1 }
}

function mergePatches(context: BuildContext, { text, file, firstLine }: Content): Resource[] {
  const documents: Node[] = parseStream(text, file, {
    limits: context.loader.limits,
    firstLine,
    duplicateKeys: 'keep',
  })
  return resourcesFrom(documents, context.schema)
}
