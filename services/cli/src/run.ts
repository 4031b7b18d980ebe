import { CommanderError } from 'commander'
import type { Colors } from 'picocolors/types.js'
import type { Edges } from './context.ts'
import { type ExitCode, exitCodes, Failure } from './exit.ts'
import { colorsFor } from './output/colors.ts'
import { plainLine, wrap } from './output/text.ts'
import { createProgram } from './program.ts'

/** Runs one command line to its end. Whatever goes wrong is printed here, and becomes the exit code. */
export async function run(args: readonly string[], edges: Edges): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok
  const program = createProgram(edges, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (edges.signal.aborted) return exitCodes.interrupted
    // Commander has printed what is wrong by itself; asking for help is not wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    edges.stderr.write(describe(error, colorsFor(edges.stderr, edges.env), edges.stderr.columns ?? 80))
    return error instanceof Failure ? error.exitCode : exitCodes.internal
  }
}

function describe(error: unknown, colors: Colors, width: number): string {
  const name = colors.red('error:')
  if (!(error instanceof Failure)) {
    // Not foreseen: the stack is what a report of it needs.
    return `${name} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
  }
  const code = error.code === undefined ? '' : ` ${colors.dim(`(${error.code})`)}`
  const advice = wrap(error.advice ?? '', width).map((line) => `${line}\n`)
  return `${name} ${plainLine(error.message)}${code}\n${advice.join('')}`
}
