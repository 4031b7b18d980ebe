import { type Fields, fieldsOf } from './verdict.ts'

/** Values named by the pointers of rules. Their form is described where the rules are: in `proto`. */

/** How many values a pointer with `*` may name; what lies beyond is not looked at. */
const maxValues = 1_000

export function valuesAt(root: unknown, pointer: string): readonly unknown[] {
  let found: unknown[] = [root]
  for (const segment of segmentsOf(pointer)) {
    found = found.flatMap((value) => membersOf(value, segment)).slice(0, maxValues)
    if (found.length === 0) break
  }
  return found.filter((value) => value !== undefined && value !== null)
}

export const segmentsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))

function membersOf(value: unknown, segment: string): readonly unknown[] {
  if (Array.isArray(value)) {
    if (segment === '*') return value
    if (/^\d+$/.test(segment)) return [value[Number(segment)]]
    return value.filter((entry) => isNamed(fieldsOf(entry), segment))
  }
  const fields = fieldsOf(value)
  if (segment === '*') return Object.values(fields)
  return Object.hasOwn(fields, segment) ? [fields[segment]] : []
}

const isNamed = ({ type, name }: Fields, segment: string): boolean => type === segment || name === segment
