/** What all parts share: a log, a line in the ledger, a process group of their own. */
import { type Program, type ProgramOptions, startProgram } from '@roadstead/test/harness'
import type { Ledger, Logs, Ports, StatePaths } from '../state/index.ts'

/** What every part is started with. */
export interface Surroundings {
  readonly paths: StatePaths
  readonly ports: Ports
  readonly ledger: Ledger
  readonly logs: Logs
  /** Of the API. */
  readonly token: string
}

export interface Launch extends Pick<ProgramOptions, 'ready' | 'readyDeadlineMs'> {
  readonly command: string
  readonly args: readonly string[]
  /** For a program of ours; added to what is left of our own environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** @throws {Error} with the end of its output when it does not become ready */
export async function launch(
  name: string,
  { paths, ledger, logs }: Surroundings,
  { command, args, env = {}, ...readiness }: Launch,
): Promise<Program> {
  const startedMs = Date.now()
  const program = await startProgram(command, {
    ...readiness,
    name,
    args,
    env: { ...inherited(), ...env },
    cwd: paths.directory,
    ownGroup: true,
    onLine: (line) => logs.write(name, line),
  })
  ledger.add({ name, pid: program.pid, startedMs, command: args.join(' ') })
  void program.exited.then(() => ledger.remove(program.pid))
  return program
}

export interface LaunchTypeScript extends Omit<Launch, 'command' | 'args'> {
  readonly script: string
  readonly args?: readonly string[]
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[]
}

/**
 * A program of ours, in TypeScript, on the Node that runs this. What Node compiled is kept: the second
 * start of an agent is quicker, and holds a quarter less memory for having stripped no types.
 */
export function launchTypeScript(
  name: string,
  surroundings: Surroundings,
  { script, args = [], nodeOptions = [], env = {}, ...rest }: LaunchTypeScript,
): Promise<Program> {
  return launch(name, surroundings, {
    ...rest,
    command: process.execPath,
    args: [...nodeOptions, script, ...args],
    env: { NODE_COMPILE_CACHE: surroundings.paths.compileCache, ...env },
  })
}

/** What the person at the terminal has set for another Roadstead is not meant for the sandbox's. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(ROADSTEAD_|KUBE|npm_)/.test(name)),
  )
}
