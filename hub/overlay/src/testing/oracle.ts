import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** What a build of a tree came to: the printed objects, or the refusal. */
export type Outcome = { readonly printed: string } | { readonly refused: string }

/** The official binary, if it is on PATH. */
export function findOracle():
  | ((tree: ReadonlyMap<string, string | Uint8Array>, directory: string) => Promise<Outcome>)
  | undefined {
  try {
    execFileSync('kustomize', ['version'], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  return async (tree, directory) => {
    const root = mkdtempSync(join(tmpdir(), 'overlay-oracle-'))
    try {
      writeTree(root, tree)
      return await run(join(root, directory))
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  }
}

function run(directory: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      'kustomize',
      ['build', directory],
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve(error === null ? { printed: stdout } : { refused: stderr })
      },
    )
  })
}

export function writeTree(root: string, tree: ReadonlyMap<string, string | Uint8Array>): void {
  for (const [path, content] of tree) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

/** Every file below a directory, by its path relative to it. */
export function readTree(root: string): Map<string, Uint8Array> {
  const tree = new Map<string, Uint8Array>()
  const walk = (relative: string): void => {
    for (const entry of readdirSync(join(root, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (entry.isDirectory()) walk(path)
      else tree.set(path, readFileSync(join(root, path)))
    }
  }
  walk('')
  return tree
}
