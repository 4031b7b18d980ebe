import { fail } from '../errors.ts'
import { placeOf } from '../yaml/json.ts'
import { field, type Node, removeField } from '../yaml/node.ts'
import { setElement } from './elements.ts'

/** What `$patch` in a patch asks for. */
export type Directive = 'merge' | 'replace' | 'delete'

const key = '$patch'

/** Reads the `$patch` of a mapping or list of a patch and takes it out. */
export function takeDirective(patch: Node | undefined): Directive {
  if (patch === undefined) return 'merge'
  if (patch.kind === 'mapping') return ofMapping(patch)
  if (patch.kind === 'sequence') return ofSequence(patch)
  return 'merge'
}

function ofMapping(patch: Node): Directive {
  const value = field(patch, key)
  if (value === undefined) return 'merge'
  const directive = read(value)
  removeField(patch, key)
  return directive
}

/** A list carries its directive as an element that holds nothing else: `- $patch: replace`. */
function ofSequence(patch: Node): Directive {
  const element = patch.content.find((item) => field(item, key) !== undefined)
  if (element === undefined || element.content.length > 2) return 'merge'
  const value = field(element, key)!
  const directive = read(value)
  setElement(patch, undefined, [key], [value.value])
  return directive
}

function read(value: Node): Directive {
  const { value: directive } = value
  if (directive === 'merge' || directive === 'replace' || directive === 'delete') return directive
  return fail(`unknown patch directive "${directive}"; use merge, replace or delete`, {
    ...placeOf(value),
    field: key,
  })
}
