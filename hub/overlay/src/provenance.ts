import type { Resource } from './resources/resource.ts'
import type { Node } from './yaml/node.ts'

export interface SetBy {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Who set a field: the last one first, then those it overrode. */
export interface FieldOrigin {
  /** `/`-separated JSON pointer. */
  readonly pointer: string
  readonly setBy: readonly SetBy[]
}

export interface Provenance {
  readonly fields: readonly FieldOrigin[]
}

/** Where every scalar, and every empty list or mapping, of an object was written. */
export function provenanceOf(resource: Resource): Provenance {
  const fields: FieldOrigin[] = []
  walk(resource.node, '', fields)
  return { fields }
}

function walk(node: Node, pointer: string, out: FieldOrigin[]): void {
  if (node.kind === 'scalar' || node.content.length === 0) {
    out.push({ pointer, setBy: history(node) })
  } else if (node.kind === 'sequence') {
    for (const [index, element] of node.content.entries()) walk(element, `${pointer}/${index}`, out)
  } else {
    for (let index = 0; index < node.content.length; index += 2) {
      const name = node.content[index]!.value.replaceAll('~', '~0').replaceAll('/', '~1')
      walk(node.content[index + 1]!, `${pointer}/${name}`, out)
    }
  }
}

function history(node: Node): SetBy[] {
  const result: SetBy[] = []
  for (let current: Node | undefined = node; current !== undefined; current = current.before) {
    const { file, line, column } = current
    const last = result.at(-1)
    // A transformer may write a field more than once.
    if (line > 0 && (last?.line !== line || last.file !== file || last.column !== column))
      result.push({ file, line, column })
  }
  return result
}
