import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { LiveObject } from '@roadstead/agent/health'
import { parseAllDocuments } from 'yaml'
import type { Context } from '../context.ts'
import { exitCodes, Failure } from '../exit.ts'

/** More than any namespace prints; a whole cluster is better asked for kind by kind. */
const maxInputBytes = 256 * 1024 * 1024

/**
 * The objects of a YAML stream, of JSON, or of a List, in their order. Members of a List stand for the List.
 *
 * @throws Failure `usage` when the file can not be read, `no` when it is neither YAML nor JSON
 */
export async function readObjects(context: Context, file: string): Promise<LiveObject[]> {
  const text =
    file === '-' ? await readInput(context) : readFile(resolve(context.workingDirectory, file), file)
  return documentsOf(text, file).flatMap(membersOf)
}

function documentsOf(text: string, file: string): unknown[] {
  const json = parsedJson(text)
  if (json !== undefined) return Array.isArray(json) ? json : [json]
  return [...parseAllDocuments(text)].flatMap((document) => {
    const [error] = document.errors
    if (error) {
      const { line = 1, col = 1 } = error.linePos?.[0] ?? {}
      const what = error.message.split('\n')[0] ?? ''
      throw new Failure(exitCodes.no, `${file}:${line}:${col}: ${what.replace(/ at line \d+.*$/, '')}`)
    }
    const value: unknown = document.toJS()
    return value === null ? [] : Array.isArray(value) ? value : [value]
  })
}

/** JSON is YAML as well, and much quicker to read as JSON. */
function parsedJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Something that is no object at all keeps its place, so that the answers can be counted off. */
function membersOf(value: unknown): LiveObject[] {
  const fields = typeof value === 'object' && value !== null ? (value as Partial<LiveObject>) : {}
  const { kind, items } = fields as { kind?: unknown; items?: unknown }
  const isList = Array.isArray(items) && (kind === undefined || String(kind).endsWith('List'))
  if (isList) return (items as unknown[]).flatMap(membersOf)
  return [{ ...fields, apiVersion: String(fields.apiVersion ?? ''), kind: String(kind ?? '') } as LiveObject]
}

function readFile(path: string, given: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found || found.isDirectory()) throw new Failure(exitCodes.usage, `${given} is not a file`)
  refuseAbove(found.size, given)
  return readFileSync(path, 'utf8')
}

async function readInput({ stdin = process.stdin }: Context): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stdin) {
    const part = Buffer.from(chunk)
    bytes += part.length
    refuseAbove(bytes, 'standard input')
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refuseAbove(bytes: number, what: string): void {
  if (bytes <= maxInputBytes) return
  throw new Failure(exitCodes.usage, `${what} is larger than ${maxInputBytes / 1024 / 1024} MiB`)
}
