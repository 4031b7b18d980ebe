import type { ErrorCode } from '@roadstead/proto'
import type * as v from 'valibot'
import { sourceLimits } from '../limits.ts'
import type { FleetProblem } from '../problem.ts'
import type { FleetTree } from '../tree.ts'
import { locate, type Parsed, parseDefinition } from './parse.ts'

/** One file of ours, read. */
export interface DefinitionFile<T> {
  readonly path: string
  readonly value: T
  /** A problem of this file at one of its fields. */
  problem(code: ErrorCode, message: string, field: readonly (string | number)[]): FleetProblem
}

/** Parsed files by content, so that a commit costs as much as it changed. Oldest out first. */
export type ParseCache = Map<string, Parsed<unknown>>

/** Lets other work run; called between two files. */
export type Breathe = () => Promise<void>

export interface DefinitionReader {
  /** The files that exist and parse, by path; the faults of the others go to `problems`. */
  read<Schema extends v.GenericSchema>(
    schema: Schema,
    kind: string,
    paths: readonly string[],
  ): Promise<Map<string, DefinitionFile<v.InferOutput<Schema>>>>
  readonly problems: FleetProblem[]
}

export function definitionReader(tree: FleetTree, cache: ParseCache, breathe: Breathe): DefinitionReader {
  const problems: FleetProblem[] = []
  return {
    problems,
    async read(schema, kind, paths) {
      const present = paths.filter((path) => tree.entries.get(path)?.kind === 'file')
      const small = present.filter((path) => tree.entries.get(path)!.bytes <= sourceLimits.appFileBytes)
      const contents = await tree.read(small)
      const files = new Map()
      for (const [path, bytes] of contents) {
        await breathe()
        const key = `${kind} ${tree.entries.get(path)!.id}`
        const parsed = cache.get(key) ?? parseDefinition(schema, bytes)
        remember(cache, key, parsed)
        problems.push(...parsed.problems.map((problem) => ({ ...problem, file: path })))
        if (parsed.value !== undefined) files.set(path, definitionFile(path, parsed.value, bytes))
      }
      return files
    },
  }
}

function definitionFile<T>(path: string, value: T, bytes: Uint8Array): DefinitionFile<T> {
  return {
    path,
    value,
    problem: (code, message, field) => ({ code, message, file: path, ...locate(bytes, field) }),
  }
}

function remember(cache: ParseCache, key: string, parsed: Parsed<unknown>): void {
  cache.delete(key)
  cache.set(key, parsed)
  if (cache.size > sourceLimits.parsedFiles) cache.delete(cache.keys().next().value!)
}
