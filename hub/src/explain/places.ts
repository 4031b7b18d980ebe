import type { Blamed, BlameRequest, FleetTree } from '../source/index.ts'
import type { Writer } from './explanation.ts'
import { explainLimits } from './limits.ts'

/** A line of a file as it is at a commit, or in the working tree where none is named. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Where the files of an overlay are read from: the base of a pinned one comes from another commit. */
export interface Sources {
  treeOf(file: string): FleetTree
  commitOf(file: string): string | undefined
  blame(request: BlameRequest): Promise<Blamed>
}

/** Says of a place what stands there and who wrote it. A line that may hold a secret is not shown. */
export type Describe = (place: Place, options: { readonly hidden: boolean }) => Writer

/** Reads all files, and asks Git once for each of them. */
export async function describePlaces(sources: Sources, places: readonly Place[]): Promise<Describe> {
  const files = Map.groupBy(places, ({ file }) => file)
  const known = new Map<string, { lines: readonly string[]; blamed: Blamed }>()
  // One after the other: an explanation is worth one process at a time.
  for (const [file, wanted] of files) {
    const bytes = (await sources.treeOf(file).read([file])).get(file)
    // A file that is ours alone, like the one that puts a variant on its overlay, is in no tree.
    if (bytes === undefined) continue
    const request = { file, lines: wanted.map(({ line }) => line), commit: sources.commitOf(file) }
    known.set(file, {
      lines: new TextDecoder().decode(bytes).split(/\r?\n/),
      blamed: await sources.blame(request),
    })
  }
  return ({ file, line, column }, { hidden }) => {
    const found = known.get(file)
    const text = found?.lines[line - 1]?.trim().slice(0, explainLimits.lineChars)
    return {
      file,
      line,
      column,
      at: sources.commitOf(file) ?? null,
      text: hidden ? null : (text ?? null),
      commit: found?.blamed.get(line) ?? null,
    }
  }
}
