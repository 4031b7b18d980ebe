/** The files of this repository, as the rules see them. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..')

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  path: string
  text: string
}

export interface Manifest {
  path: string
  name: string
  exports: Record<string, string>
  /** Of all kinds, with their versions. */
  dependencies: Record<string, string>
}

const CODE = /\.(ts|mts|mjs|js)$/
const GENERATED = /(^|\/)(generated|testdata)\//
const TEXT = /\.(ts|mts|mjs|js|json|md|yaml|yml|sh|toml)$|(^|\/)(run|Dockerfile|\.[a-z]+rc)$/

/** Every text file that is committed or about to be; not what git ignores. */
export function textFiles(): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  })
  return listed
    .toString('utf8')
    .split('\0')
    .filter((path) => TEXT.test(path) && path !== 'package-lock.json' && existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

/** Every file of code that a person wrote. */
export function codeFiles(): SourceFile[] {
  return textFiles().filter(({ path }) => CODE.test(path) && !GENERATED.test(path))
}

/** Every package.json, the root's first. */
export function manifests(): Manifest[] {
  const files = textFiles().filter(({ path }) => /(^|\/)package\.json$/.test(path) && !GENERATED.test(path))
  return files.map(({ path, text }) => asManifest(path, text)).sort((a, b) => a.path.length - b.path.length)
}

function asManifest(path: string, text: string): Manifest {
  const json = JSON.parse(text)
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = json
  return {
    path,
    name: json.name,
    exports: json.exports ?? {},
    dependencies: { ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies },
  }
}

/** A test, or what tests beside it share: `testing.ts`, `testing/`. Neither is part of the product. */
export function isTest(path: string): boolean {
  return /\.test\.ts$|(^|\/)testing(\.ts$|\/)/.test(path)
}
