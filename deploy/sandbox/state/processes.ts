/** Which processes are ours, written down so that a run that was killed can be cleaned up after. */
import { existsSync, readFileSync } from 'node:fs'
import { findProcess, until } from '@roadstead/test/harness'
import { writePrivate } from './directory.ts'

/** A process as it was started. Its id alone says little: ids are given again. */
export interface OwnProcess {
  readonly name: string
  readonly pid: number
  /** Milliseconds since the epoch. */
  readonly startedMs: number
  /** What its command line contains. */
  readonly command: string
  /** What makes it stop in good order; SIGTERM where nothing is said. */
  readonly stopSignal?: NodeJS.Signals
}

export interface Ledger {
  add(process: OwnProcess): void
  remove(pid: number): void
}

/** The system gives whole seconds, counted from a time of boot that it does not know exactly. */
const START_TOLERANCE_MS = 3_000
const STOP_DEADLINE_MS = 10_000

/** Keeps the list on disk as it changes. */
export function createLedger(path: string): Ledger {
  const processes = new Map<number, OwnProcess>()
  const write = () => writePrivate(path, JSON.stringify([...processes.values()], null, 2))
  write()
  return {
    add(process) {
      processes.set(process.pid, process)
      write()
    },
    remove(pid) {
      if (processes.delete(pid) && existsSync(path)) write()
    },
  }
}

/**
 * Ends what a run that was killed left behind, in good order where it can.
 * @returns what was found running
 */
export async function endLeftovers(path: string): Promise<readonly OwnProcess[]> {
  const running = await filter(readLedger(path), isRunning)
  await Promise.all(running.map(end))
  return running
}

/** Whether it still runs: a process of that id, begun at that time, with that command line. */
export async function isRunning({ pid, startedMs, command }: Omit<OwnProcess, 'name'>): Promise<boolean> {
  const found = await findProcess(pid)
  if (found === undefined || !found.command.includes(command)) return false
  return Math.abs(found.startedMs - startedMs) <= START_TOLERANCE_MS
}

async function end(leftover: OwnProcess): Promise<void> {
  const gone = async () => !(await isRunning(leftover))
  signal(leftover.pid, leftover.stopSignal ?? 'SIGTERM')
  const stopped = await until(gone, { deadlineMs: STOP_DEADLINE_MS, everyMs: 50 }).catch(() => false)
  if (stopped) return
  signal(leftover.pid, 'SIGKILL')
  await until(gone, { message: `${leftover.name} (${leftover.pid}) of an earlier run ended` })
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function readLedger(path: string): readonly OwnProcess[] {
  if (!existsSync(path)) return []
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as OwnProcess[]
  } catch {
    return [] // cut off by a crash of the machine, which left no process either
  }
}

async function filter<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep))
  return items.filter((_, index) => kept[index])
}
