export type { Edges, Output } from './context.ts'
export { type ExitCode, exitCodes } from './exit.ts'
export { run } from './run.ts'
