import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { RoadsteadError } from '@roadstead/proto'
import { sourceLimits } from '../limits.ts'

/** Variables that point Git at objects which a push brought but which are not in the repository yet. */
export type ObjectEnvironment = Readonly<Record<string, string>>

export interface GitResult {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface GitCommand {
  readonly args: readonly string[]
  readonly input?: string | Uint8Array
  readonly environment?: ObjectEnvironment
  readonly timeoutMs?: number
}

export interface GitOptions {
  /** The repository. */
  readonly directory: string
  /** Directories to look for `git` in, as in `PATH`. */
  readonly searchPath: string
}

/** The `git` program on one repository, free of what the machine and its user have configured. */
export interface Git {
  readonly directory: string
  /** Starts a command and leaves its streams to the caller. */
  spawn(args: readonly string[], environment?: ObjectEnvironment, options?: SpawnOptions): ChildProcess
  /**
   * Runs a command to its end; any exit code is a result.
   *
   * @throws RoadsteadError `unavailable` when it can not be started, takes too long or says too much
   */
  run(command: GitCommand): Promise<GitResult>
  /** As `run`, where anything but exit code 0 is an error; what it printed. */
  output(command: GitCommand): Promise<Buffer>
}

export function openGit({ directory, searchPath }: GitOptions): Git {
  const own = {
    PATH: searchPath,
    // A home, for programs that insist on one; nothing of ours is read there.
    HOME: directory,
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // The repository may lie on a volume that another user made; it is ours all the same.
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    GIT_DIR: directory,
  }
  const git: Git = {
    directory,
    spawn: (args, environment = {}, options = {}) =>
      spawn('git', [...args], { ...options, cwd: directory, env: { ...own, ...environment } }),
    run: (command) => runToEnd(git, command),
    async output(command) {
      const { code, stdout, stderr } = await git.run(command)
      if (code === 0) return stdout
      throw new RoadsteadError('unavailable', `git ${command.args[0]} failed with ${code}: ${stderr}`, {
        retry: 'retry',
      })
    },
  }
  return git
}

function runToEnd(git: Git, command: GitCommand): Promise<GitResult> {
  const { args, input, environment, timeoutMs = sourceLimits.gitCommandMs } = command
  const child = git.spawn(args, environment, { timeout: timeoutMs, killSignal: 'SIGKILL' })
  const { promise, resolve, reject } = Promise.withResolvers<GitResult>()
  const failed = (why: string, cause?: unknown) =>
    reject(new RoadsteadError('unavailable', `git ${args[0]} ${why}`, { retry: 'retry', cause }))
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  let bytes = 0
  const collect = (into: Buffer[]) => (chunk: Buffer) => {
    bytes += chunk.byteLength
    into.push(chunk)
    if (bytes > sourceLimits.gitOutputBytes) child.kill('SIGKILL')
  }
  child.stdout!.on('data', collect(stdout))
  child.stderr!.on('data', collect(stderr))
  child.once('error', (error) => failed('could not be started', error))
  child.once('close', (code, signal) => {
    if (code === null) failed(`was ended by ${signal} (over ${timeoutMs} ms, or too much output)`)
    else resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString().trim() })
  })
  // A command that ends early closes its input; its exit code says why.
  child.stdin!.on('error', () => {})
  child.stdin!.end(input ?? '')
  return promise
}
