#!/usr/bin/env node
import { systemClock } from '@roadstead/proto'
import { exitCodes } from './exit.ts'
import { run } from './run.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Once: a second Ctrl-C ends the process the hard way.
  process.once(signal, () => interrupt.abort(new DOMException(signal, 'AbortError')))
}
// `roadstead clusters | head` closes the pipe early; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok)
  throw error
})

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  workingDirectory: calledFrom(process.env),
  clock: systemClock,
  fetch,
  signal: interrupt.signal,
})

/** `npm run roadstead` and `npx roadstead` change to a package's directory first, and say where they were called. */
function calledFrom(env: NodeJS.ProcessEnv): string {
  const isScript = ['roadstead', 'npx'].includes(env.npm_lifecycle_event ?? '')
  return (isScript ? env.INIT_CWD : undefined) ?? process.cwd()
}
