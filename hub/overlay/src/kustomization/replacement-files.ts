import { fail } from '../errors.ts'
import type { Replacement } from '../references/replacements.ts'
import type { Visit } from '../visit.ts'
import { parseOne } from '../yaml/parse.ts'
import { replacement } from './convert.ts'
import { type DecodedObject, decode } from './decode.ts'
import { replacementShape } from './shape.ts'
import type { Kustomization } from './types.ts'

/** The replacements of a kustomization, with those of the files it names (one each, or a list). */
export function replacementsOf(
  { context, directory }: Visit,
  entries: Kustomization['replacements'],
): Replacement[] {
  return entries.flatMap((entry) => {
    if (!('path' in entry)) return [entry]
    const { text, path } = context.loader.readText(directory, entry.path.value, entry.path.at)
    const node = parseOne(text, path, context.loader)
    if (node === undefined || node.kind === 'scalar')
      fail(`${path} must hold a replacement or a list of them`, entry.path.at)
    const items = node.kind === 'sequence' ? node.content : [node]
    return items.map((item, index) =>
      replacement(decode(item, replacementShape, `[${index}]`) as DecodedObject),
    )
  })
}
