import type { FleetTree, TreeEntry } from '@roadstead/hub/source'
import { parseCommitId } from '@roadstead/proto'
import { gitOutput } from './git.ts'

/**
 * The directory at another commit of its Git history, which is where a pin reads its base from.
 *
 * @returns undefined for a commit that is not in the history of `HEAD`, and where there is no Git
 */
export async function treeAt(directory: string, commit: string): Promise<FleetTree | undefined> {
  if (parseCommitId(commit) === undefined) return undefined
  const git = (args: readonly string[], input = '') => gitOutput(directory, args, input)
  try {
    await git(['merge-base', '--is-ancestor', commit, 'HEAD'])
  } catch {
    return undefined
  }
  // Without --full-tree the paths are relative to the directory, which need not be the repository's top.
  const listing = await git(['ls-tree', '-r', '-t', '-z', '--long', commit])
  const entries = parseListing(listing.toString('utf8'))
  return {
    entries,
    read: async (paths) => {
      const wanted = paths.filter((path) => entries.get(path)?.kind === 'file')
      const ids = wanted.map((path) => `${entries.get(path)!.id}\n`).join('')
      const contents = parseBatch(await git(['cat-file', '--batch'], ids))
      return new Map(wanted.map((path, index) => [path, contents[index] ?? new Uint8Array()]))
    },
    at: (other) => treeAt(directory, other),
  }
}

const kindOfMode: Readonly<Record<string, TreeEntry['kind']>> = {
  '040000': 'directory',
  '120000': 'symlink',
  '160000': 'submodule',
}

/** `<mode> <type> <id> <size>\t<path>\0` for each entry. */
function parseListing(text: string): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>()
  for (const line of text.split('\0')) {
    const [, mode, id, size, path] = /^(\d+) \S+ (\S+) +(\S+)\t(.*)$/s.exec(line) ?? []
    if (path === undefined) continue
    entries.set(path, { kind: kindOfMode[mode!] ?? 'file', id: id!, bytes: Number(size) || 0 })
  }
  return entries
}

/** `<id> <type> <size>\n<content>\n` for each object that was asked for, in that order. */
function parseBatch(output: Buffer): Buffer[] {
  const contents: Buffer[] = []
  for (let at = 0; at < output.length; ) {
    const lineEnd = output.indexOf('\n', at)
    const bytes = Number(output.toString('latin1', at, lineEnd).split(' ')[2])
    contents.push(output.subarray(lineEnd + 1, lineEnd + 1 + bytes))
    at = lineEnd + 1 + bytes + 1
  }
  return contents
}
