import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Makes a directory a Git repository where it is none, and commits all that is in it. Returns the commit's id. */
export function commitAll(directory: string, message: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada Fleet', '-c', 'user.email=ada@example.com', ...args], {
      cwd: directory,
      encoding: 'utf8',
    }).trim()
  if (!existsSync(join(directory, '.git'))) git('init', '--quiet', '--initial-branch=main')
  git('add', '--all')
  git('commit', '--quiet', '--allow-empty', `--message=${message}`)
  return git('rev-parse', 'HEAD')
}
