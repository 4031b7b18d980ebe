import { fail } from '../errors.ts'
import { findElement } from '../merge/elements.ts'
import { splitPath } from '../transform/field-spec.ts'
import { field, isNull, type Node } from '../yaml/node.ts'

/**
 * Splits a `.`-separated path. `\.` is a dot inside a name, as is every dot inside `[…]`; brackets
 * around a plain name (`metadata.annotations.[a.b/c]`) are taken off, those around `name=value` stay.
 */
export function splitFieldPath(path: string): string[] {
  const parts = splitPath(path, '.')
  const result: string[] = []
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!
    if (!part.startsWith('[') || part.endsWith(']')) {
      result.push(part)
      continue
    }
    const bracketed = [part]
    while (index < parts.length - 1) {
      index++
      bracketed.push(parts[index]!)
      if (parts[index]!.endsWith(']')) break
    }
    const joined = bracketed.join('.')
    result.push(joined.includes('=') ? joined : joined.replace(/^[[\]]+|[[\]]+$/g, ''))
  }
  return result
}

export function isListSelector(part: string): boolean {
  return part.startsWith('[') && part.endsWith(']')
}

export function isIndex(part: string): boolean {
  return /^\+?\d+$/.test(part)
}

/** `[name=value]` → both; an empty name means the element itself. */
export function parseListSelector(part: string): { name: string; value: string } {
  const inner = part.slice(1, -1)
  const equals = inner.indexOf('=')
  if (equals < 0) fail(`"${part}" must be written [field=value]`)
  return { name: inner.slice(0, equals), value: inner.slice(equals + 1) }
}

/** The node a path leads to; no wildcards. */
export function lookup(node: Node, path: readonly string[]): Node | undefined {
  let current: Node | undefined = node
  for (const part of path.map((item) => item.trim()).filter((item) => item !== '')) {
    if (current === undefined || isNull(current)) return undefined
    current = step(current, part)
  }
  return current
}

function step(node: Node, part: string): Node | undefined {
  if (/^[-+]?\d+$/.test(part)) {
    if (part.startsWith('-')) fail(`the index ${part} is negative`)
    return expectKind(node, 'sequence', part).content[Number(part)]
  }
  if (part === '-') return expectKind(node, 'sequence', part).content.at(-1)
  if (part === '*') return fail('a wildcard cannot be used here')
  if (isListSelector(part)) {
    const { name, value } = parseListSelector(part)
    return findElement(expectKind(node, 'sequence', part), [name], [value])
  }
  return field(expectKind(node, 'mapping', part), part)
}

function expectKind(node: Node, kind: Node['kind'], part: string): Node {
  if (node.kind !== kind) fail(`"${part}" needs ${kind === 'sequence' ? 'a list' : 'a mapping'} here`)
  return node
}
