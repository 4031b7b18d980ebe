import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { createApiClient } from './api/client.ts'
import { addApps } from './commands/apps.ts'
import { addBuild } from './commands/build.ts'
import { addClusters } from './commands/clusters.ts'
import { addCommits } from './commands/commits.ts'
import { addDiff } from './commands/diff.ts'
import { addDrift } from './commands/drift.ts'
import { addEnrolToken } from './commands/enrol-token.ts'
import { addEvents } from './commands/events.ts'
import { addExplain } from './commands/explain.ts'
import { addHealth } from './commands/health.ts'
import { addRender } from './commands/render.ts'
import { addStatus } from './commands/status.ts'
import { addValidate } from './commands/validate.ts'
import { findConnection } from './connection/find-connection.ts'
import { type Context, type Edges, type OutputFormat, outputFormats } from './context.ts'
import type { ExitCode } from './exit.ts'
import { colorsFor } from './output/colors.ts'
import type { Perform } from './verb.ts'

interface GlobalOptions {
  readonly server?: string
  readonly token?: string
  readonly output: OutputFormat
}

const exitCodeHelp = `
Exit codes:
  0  done, and the answer is yes     3  the server can not be reached
  1  the answer is no                4  the server refused the caller
  2  the command line is wrong`

/** The command line: all verbs, and the options they share. `onExit` is told how the verb went. */
export function createProgram(edges: Edges, onExit: (code: ExitCode) => void): Command {
  const program = new Command('roadstead')
    .description('Ask a Roadstead hub how the fleet is, and check a fleet repository before it is pushed.')
    .version(version())
    .option('--server <url>', 'the hub (env: ROADSTEAD_SERVER; else the sandbox above this directory)')
    .option('--token <token>', 'who asks (env: ROADSTEAD_TOKEN, which "ps" does not show)')
    .addOption(
      new Option('-o, --output <format>', 'how to print the answer').choices(outputFormats).default('table'),
    )
    .addHelpText('after', exitCodeHelp)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => edges.stdout.write(text),
      writeErr: (text) => edges.stderr.write(text),
      getOutHelpWidth: () => edges.stdout.columns ?? 80,
      getErrHelpWidth: () => edges.stderr.columns ?? 80,
    })
    .exitOverride()

  const perform: Perform =
    (work) =>
    async (...args) => {
      const command = args.at(-1) as Command
      onExit(await work(createContext(edges, command.optsWithGlobals<GlobalOptions>()), ...args))
    }

  program.commandsGroup('Ask the hub:')
  for (const add of [addStatus, addClusters, addApps, addDrift, addEvents, addCommits]) add(program, perform)
  program.commandsGroup('Change something:')
  addEnrolToken(program, perform)
  program.commandsGroup('Without a hub:')
  for (const add of [addValidate, addBuild, addRender, addDiff, addExplain, addHealth]) add(program, perform)
  program.commandsGroup('Other:')
  return program
}

function createContext(edges: Edges, options: GlobalOptions): Context {
  return {
    ...edges,
    format: options.output,
    colors: colorsFor(edges.stdout, edges.env),
    width: edges.stdout.isTTY ? (edges.stdout.columns ?? 80) : undefined,
    connect: () => createApiClient(findConnection(options, edges.env, edges.workingDirectory), edges),
  }
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
