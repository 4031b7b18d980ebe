/** Runs programs: to their end (`run`) or as servers that are stopped, killed and read along with (`startProgram`). */
import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { guardProcess, releaseProcess } from './watchdog.ts'

const MAX_LINES = 5_000
const TAIL_LINES = 30
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024
const LAST_LINES_MS = 2_000
const NOT_STARTED = -1

export interface Surroundings {
  cwd?: string
  /** The whole environment. Default: ours. */
  env?: NodeJS.ProcessEnv
  uid?: number
  gid?: number
}

export interface ProgramOptions extends Surroundings {
  /** What it is called in errors. Default: the command. */
  name?: string
  args?: readonly string[]
  /** The line by which it says that it is ready. Default: it is ready once it runs. */
  ready?: RegExp
  /** How long it may take until that line. Default: 20,000. */
  readyDeadlineMs?: number
  /** What makes it stop in good order. Default: SIGTERM. */
  stopSignal?: NodeJS.Signals
  /** A process group of its own, so that Ctrl-C in our terminal does not reach it before we stop it. */
  ownGroup?: boolean
  /** Told every line of both its streams, such as to keep a log file. */
  onLine?: (line: string) => void
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Program extends AsyncDisposable {
  readonly name: string
  readonly pid: number
  /** What it wrote to both streams, by line; of a talkative program the last 5,000. */
  readonly lines: readonly string[]
  /** Settles when it has ended; never rejects. */
  readonly exited: Promise<Exit>
  readonly running: boolean
  signal(signal: NodeJS.Signals): void
  /** The next line that it writes from now on and that matches. Rejects when none has come in time (default: 10,000). */
  nextLine(pattern: RegExp, deadlineMs?: number): Promise<string>
  /** Stops it in good order, or by force after `deadlineMs` (default: 10,000). Twice is the same as once. */
  stop(deadlineMs?: number): Promise<Exit>
  /** `kill -9`. */
  kill(): Promise<Exit>
}

/**
 * Starts a program and waits until it is ready. It never outlives this process, and does not keep it from ending.
 * @throws {Error} when it cannot start, ends first, or is not ready in time; quotes the end of its output
 */
export async function startProgram(command: string, options: ProgramOptions = {}): Promise<Program> {
  const { name = command, readyDeadlineMs = 20_000 } = options
  const child = spawn(command, options.args ?? [], {
    ...surroundings(options),
    detached: options.ownGroup ?? false,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = readOutput(child, options.onLine)
  const ready = options.ready === undefined ? whenSpawned(child) : output.next(options.ready)
  const program = asProgram(name, child, output, options.stopSignal ?? 'SIGTERM')
  const failure = whenFailed(program, child, readyDeadlineMs)
  try {
    await Promise.race([ready, failure.promise])
    return program
  } catch (error) {
    if (program.running) await program.kill()
    throw error
  } finally {
    failure.cancel()
  }
}

/** Starts a TypeScript program of ours on the Node that runs this, with our environment plus `env`. */
export function startTypeScript(path: string, options: ProgramOptions = {}): Promise<Program> {
  const env = { ...process.env, ...options.env }
  return startProgram(process.execPath, {
    name: path,
    ...options,
    env,
    args: [path, ...(options.args ?? [])],
  })
}

export interface RunOptions extends Surroundings {
  args?: readonly string[]
  /** Given to it on its standard input. */
  input?: string
  /** After which it is killed. Default: 60,000. */
  deadlineMs?: number
}

export interface RunResult {
  code: number
  stdout: string
  stderr: string
}

/**
 * Runs a command to its end. An exit code other than 0 is a result, not an error.
 * @throws {Error} when it cannot be started or does not end in time
 */
export function run(command: string, options: RunOptions = {}): Promise<RunResult> {
  const { args = [], input, deadlineMs = 60_000 } = options
  return new Promise((resolve, reject) => {
    const settings = { ...surroundings(options), timeout: deadlineMs, maxBuffer: MAX_OUTPUT_BYTES }
    const child = execFile(command, [...args], settings, (error, stdout, stderr) => {
      if (child.pid !== undefined) releaseProcess(child.pid)
      const code = error === null ? 0 : error.code
      if (typeof code === 'number') return resolve({ code, stdout, stderr })
      const why = error?.killed ? `did not end within ${deadlineMs} ms` : error?.message
      reject(new Error(`${[command, ...args].join(' ')}: ${why}\n${stderr}`, { cause: error }))
    })
    if (child.pid !== undefined) guardProcess(child.pid, 'SIGTERM')
    child.stdin?.on('error', () => {}) // it did not read its input to the end, as it may
    child.stdin?.end(input)
  })
}

/** The last lines of a program's output, for an error message. */
export function tail(lines: readonly string[]): string {
  return lines.length === 0 ? '(it wrote nothing)' : lines.slice(-TAIL_LINES).join('\n')
}

function surroundings({ cwd, env, uid, gid }: Surroundings): SpawnOptions {
  return {
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  }
}

interface Output {
  lines: readonly string[]
  /** The next line that matches; waits for it for ever. */
  next(pattern: RegExp): Promise<string>
}

function readOutput(child: ChildProcess, onLine: (line: string) => void = () => {}): Output {
  const lines: string[] = []
  const written = new EventEmitter().setMaxListeners(0)
  for (const stream of [child.stdout as Socket, child.stderr as Socket]) {
    stream.unref()
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      lines.push(line)
      if (lines.length > MAX_LINES) lines.shift()
      onLine(line)
      written.emit('line', line)
    })
  }
  const next = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      const look = (line: string) => {
        if (!pattern.test(line)) return
        written.off('line', look)
        resolve(line)
      }
      written.on('line', look)
    })
  return { lines, next }
}

function asProgram(name: string, child: ChildProcess, output: Output, stopSignal: NodeJS.Signals): Program {
  const { lines } = output
  const { pid = NOT_STARTED } = child
  const exited = whenExited(child)
  child.unref()
  if (pid !== NOT_STARTED) {
    guardProcess(pid, stopSignal)
    child.once('exit', () => releaseProcess(pid))
  }
  const program: Program = {
    name,
    pid,
    lines,
    exited,
    get running() {
      return pid !== NOT_STARTED && child.exitCode === null && child.signalCode === null
    },
    signal: (signal) => void child.kill(signal),
    nextLine: (pattern, deadlineMs = 10_000) => {
      const message = () =>
        `${name} wrote no line like ${pattern} in ${deadlineMs} ms; its output ends with:\n${tail(lines)}`
      return inTime(output.next(pattern), deadlineMs, message)
    },
    async stop(deadlineMs = 10_000) {
      if (program.running) child.kill(stopSignal)
      const force = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
      return exited.finally(() => clearTimeout(force))
    },
    async kill() {
      child.kill('SIGKILL')
      // We do not hold the child in the event loop, so something else must until its end is seen.
      const keepAlive = setInterval(() => {}, 1_000)
      return exited.finally(() => clearInterval(keepAlive))
    },
    [Symbol.asyncDispose]: async () => void (await program.stop()),
  }
  return program
}

/** Waits for its last lines too, but not for a grandchild that keeps its streams open. */
function whenExited(child: ChildProcess): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>()
  child.once('close', (code, signal) => resolve({ code, signal }))
  child.once('exit', (code, signal) => setTimeout(resolve, LAST_LINES_MS, { code, signal }).unref())
  return promise
}

function whenSpawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('spawn', resolve))
}

function whenFailed(program: Program, child: ChildProcess, deadlineMs: number) {
  const failure = (what: string, cause?: unknown) =>
    new Error(`${program.name} ${what}; its output ends with:\n${tail(program.lines)}`, { cause })
  const unable = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(failure(`could not be started (${error.message})`, error)))
  })
  const early = program.exited.then(({ code, signal }) => {
    throw failure(`ended before it was ready (${signal ?? `exit code ${code}`})`)
  })
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(failure(`was not ready after ${deadlineMs} ms`)), deadlineMs)
  const promise = Promise.race([unable, early, late])
  promise.catch(() => {}) // a program that was ready ends some day, and that rejects as well
  return { promise, cancel: () => clearTimeout(timer) }
}

async function inTime<T>(promise: Promise<T>, deadlineMs: number, message: () => string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(message())), deadlineMs)
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
