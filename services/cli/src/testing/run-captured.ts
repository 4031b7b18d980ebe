import { Writable } from 'node:stream'
import type { Edges, Output } from '../context.ts'
import type { ExitCode } from '../exit.ts'
import { run } from '../run.ts'

/** The time it is in a captured run. */
export const testNow = Date.parse('2026-11-20T12:00:00.000Z')

export interface Captured {
  readonly exitCode: ExitCode
  readonly stdout: string
  readonly stderr: string
}

export interface CaptureOptions extends Partial<Edges> {
  /** Standard output is a terminal with 80 columns (without colours) unless this is `pipe`. */
  readonly to?: 'terminal' | 'pipe'
}

/** Runs a command line in this process and keeps what it wrote. */
export async function runCaptured(args: readonly string[], options: CaptureOptions = {}): Promise<Captured> {
  const { to = 'terminal', ...edges } = options
  const stdout = memoryOutput(to === 'terminal')
  const stderr = memoryOutput(false)
  const exitCode = await run(args, {
    stdout: stdout.output,
    stderr: stderr.output,
    env: { NO_COLOR: '1' },
    workingDirectory: '/',
    clock: { now: () => testNow },
    fetch,
    signal: new AbortController().signal,
    ...edges,
  })
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
}

export interface MemoryOutput {
  readonly output: Output
  text(): string
}

export function memoryOutput(isTTY: boolean): MemoryOutput {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return { output: Object.assign(stream, { isTTY, columns: 80 }), text: () => text }
}
