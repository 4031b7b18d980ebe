/** Stock git, apart from whatever the machine and its user have configured. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type RunResult, run } from './process.ts'

const DEADLINE_MS = 60_000

const ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0', // a question on a terminal that nobody watches would hang the test
  GIT_ASKPASS: 'true',
  GIT_AUTHOR_NAME: 'Ada Fleet',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada Fleet',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  LC_ALL: 'C',
}

/** File contents by path relative to the working tree; `null` removes the file or directory. */
export type Tree = Readonly<Record<string, string | Uint8Array | null>>

export interface WorkingTree {
  readonly directory: string
  /** Runs git here and returns what it printed, without the last line break. Throws when it fails. */
  git(...args: string[]): Promise<string>
  /** Runs git here; a failure is a result. */
  tryGit(...args: string[]): Promise<RunResult>
  /** Writes the files, without committing them. */
  write(tree: Tree): void
  /** Writes the files and commits everything that differs, even if nothing does. Returns the commit's id. */
  commit(message: string, tree?: Tree): Promise<string>
  /** Pushes the head to `branch`. A rejected push is a result: its `stderr` has what the remote said. */
  push(options?: { remote?: string; branch?: string; force?: boolean }): Promise<RunResult>
}

export interface GitOptions {
  /** Added to git's environment, such as another author. */
  env?: Readonly<Record<string, string>>
}

/** A new repository with its head on `main`. Makes the directory where needed. */
export async function initRepository(directory: string, options: GitOptions & { bare?: boolean } = {}) {
  mkdirSync(directory, { recursive: true })
  const tree = workingTree(directory, options)
  await tree.git('init', '--quiet', '--initial-branch=main', ...(options.bare ? ['--bare'] : []))
  return tree
}

/** A clone of a URL (a user and password may be part of it) or of a path. */
export async function cloneRepository(
  url: string,
  directory: string,
  options: GitOptions = {},
): Promise<WorkingTree> {
  mkdirSync(directory, { recursive: true })
  const tree = workingTree(directory, options)
  await tree.git('clone', '--quiet', url, '.')
  return tree
}

/** A repository that is there already. */
export function workingTree(directory: string, { env = {} }: GitOptions = {}): WorkingTree {
  const environment = { ...ownEnvironment(), ...ENVIRONMENT, ...env }
  const tryGit = (...args: string[]) =>
    run('git', { args, cwd: directory, env: environment, deadlineMs: DEADLINE_MS })
  const git = async (...args: string[]) => {
    const { code, stdout, stderr } = await tryGit(...args)
    if (code !== 0)
      throw new Error(`git ${args.join(' ')} in ${directory} failed with ${code}:\n${stderr}${stdout}`)
    return stdout.trimEnd()
  }
  return {
    directory,
    git,
    tryGit,
    write: (tree) => writeTree(directory, tree),
    commit: async (message, tree = {}) => {
      writeTree(directory, tree)
      await git('add', '--all')
      await git('commit', '--quiet', '--allow-empty', '-m', message)
      return git('rev-parse', 'HEAD')
    },
    push: ({ remote = 'origin', branch = 'main', force = false } = {}) =>
      tryGit('push', ...(force ? ['--force'] : []), remote, `HEAD:refs/heads/${branch}`),
  }
}

function writeTree(directory: string, tree: Tree): void {
  for (const [path, content] of Object.entries(tree)) {
    const place = join(directory, path)
    if (content === null) {
      rmSync(place, { recursive: true, force: true })
      continue
    }
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, content)
  }
}

/** Ours without git's variables: inside a hook, GIT_DIR would point every command at another repository. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^GIT_(?!SSL_|EXEC_PATH)/.test(name)),
  )
}
