import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Blamed, type BlameRequest, blame, sourceLimits } from '@roadstead/hub/source'
import { exitCodes, Failure } from '../exit.ts'

/** What the user's own `git` says in a directory. Throws as `execFile` does. */
export async function gitOutput(
  directory: string,
  args: readonly string[],
  input = '',
  timeoutMs: number = sourceLimits.gitCommandMs,
): Promise<Buffer> {
  const running = promisify(execFile)('git', ['-C', directory, ...args], {
    encoding: 'buffer',
    maxBuffer: sourceLimits.gitOutputBytes,
    timeout: timeoutMs,
  })
  running.child.stdin?.on('error', () => {}).end(input)
  return (await running).stdout
}

/**
 * Who wrote some lines of a file below a directory. Without Git, or outside of a repository, nobody did.
 *
 * @throws Failure `no` when Git takes too long
 */
export const blameIn =
  (directory: string) =>
  (request: BlameRequest): Promise<Blamed> =>
    blame(async (args) => {
      try {
        return { code: 0, stdout: await gitOutput(directory, args, '', sourceLimits.blameMs) }
      } catch (error) {
        const { killed, code } = error as { killed?: boolean; code?: unknown }
        if (killed !== true) return { code: typeof code === 'number' ? code : 1, stdout: Buffer.alloc(0) }
        const message = `git blame of ${request.file} took more than ${sourceLimits.blameMs} ms`
        throw new Failure(exitCodes.no, message, { code: 'timeout', cause: error })
      }
    }, request)
