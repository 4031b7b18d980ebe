import type { Command } from 'commander'
import type { Context } from './context.ts'
import type { ExitCode } from './exit.ts'

/** What a verb does: gets its arguments and options as Commander hands them over, and says how it went. */
export type Work<Args extends unknown[]> = (context: Context, ...args: Args) => ExitCode | Promise<ExitCode>

/** Makes a Commander action of a verb's work. */
export type Perform = <Args extends unknown[]>(work: Work<Args>) => (...args: Args) => Promise<void>

/** Each file of `commands/` adds one verb. */
export type AddVerb = (program: Command, perform: Perform) => void
