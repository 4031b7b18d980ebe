import { fail, type Place } from '../errors.ts'

export interface Located {
  readonly value: string
  readonly at: Place
}

/** Where the entries of a generated ConfigMap or Secret come from, in the order in which they are read. */
export interface Sources {
  readonly envs: readonly Located[]
  readonly literals: readonly Located[]
  readonly files: readonly Located[]
}

/** An entry; content that is not UTF-8 stays bytes. */
export interface Entry {
  readonly key: string
  readonly content: Uint8Array
  readonly at: Place
}

export type ReadFile = (path: string, at: Place) => Uint8Array

/** Reads all sources. A key that occurs twice is an error. */
export function readEntries(owner: string, sources: Sources, read: ReadFile): Entry[] {
  const entries = [
    ...sources.envs.flatMap((source) => fromEnvFile(source, read)),
    ...sources.literals.map(fromLiteral),
    ...sources.files.map((source) => fromFile(source, read)),
  ]
  const seen = new Set<string>()
  for (const { key, at } of entries) {
    if (seen.has(key)) fail(`${owner} has the key "${key}" twice`, at)
    seen.add(key)
  }
  return entries
}

function fromLiteral({ value, at }: Located): Entry {
  const equals = value.indexOf('=')
  if (equals <= 0) fail(`"${value}" is not a literal; write key=value`, at)
  return { key: value.slice(0, equals), content: Buffer.from(unquoted(value.slice(equals + 1))), at }
}

function unquoted(text: string): string {
  const isQuoted = text.length >= 2 && (text[0] === '"' || text[0] === "'") && text.at(-1) === text[0]
  return isQuoted ? text.slice(1, -1) : text
}

/** `path`, whose last part becomes the key, or `key=path`. */
function fromFile({ value, at }: Located, read: ReadFile): Entry {
  const parts = value.split('=')
  if (parts.length > 2) fail(`"${value}" has more than one "="; a key or path must not contain it`, at)
  if (parts.length === 1)
    return { key: value.replace(/\/+$/, '').split('/').at(-1)!, content: read(value, at), at }
  const [key, path] = parts as [string, string]
  if (key === '') fail(`"${value}" has no key before "="`, at)
  if (path === '') fail(`"${value}" has no path behind "="`, at)
  return { key, content: read(path, at), at }
}

/** Lines of `key=value`; blank lines and lines that start with `#` are skipped; a line without `=` is an empty value. */
function fromEnvFile({ value: path, at }: Located, read: ReadFile): Entry[] {
  const content = decodeUtf8(read(path, at))
  if (content === undefined) fail(`${path} is not UTF-8 text`, at)
  const entries: Entry[] = []
  const lines = content.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const [index, full] of lines.entries()) {
    const withoutMark = index === 0 ? full.replace(/^\uFEFF/, '') : full
    const line = withoutMark
      .replace(/\r$/, '')
      .replace(/^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/, '')
    if (line === '' || line.startsWith('#')) continue
    const equals = line.indexOf('=')
    const key = equals < 0 ? line : line.slice(0, equals)
    if (key !== '') entries.push({ key, content: Buffer.from(equals < 0 ? '' : line.slice(equals + 1)), at })
  }
  return entries
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of UTF-8 bytes; undefined when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}
