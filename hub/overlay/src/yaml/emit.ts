import type { Json } from './json.ts'
import { compareKeys } from './key-order.ts'
import { scalarText } from './scalar-text.ts'

type Fields = { readonly [key: string]: Json }
type Collection = readonly Json[] | Fields

/**
 * Writes JSON values the way the official binary prints them: sorted keys, two-space indent, lists at
 * the indent of their field, the shortest safe quoting, text folded at 80 columns, `|` blocks for text of
 * several lines.
 */
export function emitStream(documents: readonly Json[]): string {
  return documents.map(emitDocument).join('---\n')
}

export function emitDocument(value: Json): string {
  const out: string[] = []
  if (!isCollection(value)) out.push(scalarText(value, { indent: 0, column: 0 }), '\n')
  else if (isList(value)) writeList(value, 0, '', out)
  else writeFields(value, 0, '', out)
  return out.join('')
}

function isCollection(value: Json): value is Collection {
  if (typeof value !== 'object' || value === null) return false
  return isList(value) ? value.length > 0 : Object.keys(value).length > 0
}

function isList(value: Collection): value is readonly Json[] {
  return Array.isArray(value)
}

/** `lead` takes the place of the indent on the first line, for what starts on the line of its dash. */
function writeList(items: readonly Json[], indent: number, lead: string, out: string[]): void {
  const pad = ' '.repeat(indent)
  let prefix = lead === '' ? pad : lead
  for (const item of items) {
    const dash = `${prefix}- `
    prefix = pad
    if (!isCollection(item))
      out.push(dash, scalarText(item, { indent: indent + 2, column: indent + 2 }), '\n')
    else if (isList(item)) writeList(item, indent + 2, dash, out)
    else writeFields(item, indent + 2, dash, out)
  }
}

function writeFields(object: Fields, indent: number, lead: string, out: string[]): void {
  const pad = ' '.repeat(indent)
  let prefix = lead === '' ? pad : lead
  for (const key of Object.keys(object).sort(compareKeys)) {
    const value = object[key]!
    if (isLongKey(key)) {
      writeLongKey(key, value, indent, prefix, out)
      prefix = pad
      continue
    }
    const name = scalarText(key, { indent, column: indent, isKey: true })
    out.push(prefix, name)
    prefix = pad
    if (!isCollection(value)) {
      out.push(': ', scalarText(value, { indent: indent + 2, column: indent + name.length + 2 }), '\n')
    } else if (isList(value)) {
      out.push(':\n')
      writeList(value, indent, '', out)
    } else {
      out.push(':\n')
      writeFields(value, indent + 2, '', out)
    }
  }
}

/** Keys of more than 128 bytes, or of several lines, are announced by a question mark. */
function isLongKey(key: string): boolean {
  return (key.length > 42 && Buffer.byteLength(key) > 128) || key.includes('\n')
}

function writeLongKey(key: string, value: Json, indent: number, prefix: string, out: string[]): void {
  const position = { indent: indent + 2, column: indent + 2 }
  const lead = `${' '.repeat(indent)}: `
  out.push(prefix, '? ', scalarText(key, position), '\n')
  if (!isCollection(value)) out.push(lead, scalarText(value, position), '\n')
  else if (isList(value)) writeList(value, indent + 2, lead, out)
  else writeFields(value, indent + 2, lead, out)
}
