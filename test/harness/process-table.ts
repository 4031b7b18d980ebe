/**
 * The processes of this machine: what they are, since when, and what they cost. On Linux from `/proc` (a small
 * Debian has no `ps`), elsewhere from `ps`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { run } from './process.ts'

export interface ProcessRow {
  readonly pid: number
  readonly parentPid: number
  /** Milliseconds since the epoch, to within a second or two. */
  readonly startedMs: number
  /** Its command line, words separated by a space. */
  readonly command: string
  /** Processor time that it has used so far. */
  readonly cpuMs: number
  readonly residentBytes: number
}

const PROC = '/proc'
/** Fixed for all that Linux tells programs, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100
const COLUMNS = ['pid', 'ppid', 'rss', 'time', 'lstart', 'args']

/** All processes; those that end meanwhile may be missing. */
export async function processTable(): Promise<ProcessRow[]> {
  if (existsSync(`${PROC}/self/stat`)) {
    const pids = readdirSync(PROC).filter((name) => /^\d+$/.test(name))
    return pids.map((pid) => linuxProcess(Number(pid))).filter((row) => row !== undefined)
  }
  return (await ps('-ax')).split('\n').flatMap((line) => parsePsLine(line) ?? [])
}

/** One process; undefined when there is none of that id. */
export async function findProcess(pid: number): Promise<ProcessRow | undefined> {
  if (existsSync(`${PROC}/self/stat`)) return linuxProcess(pid)
  return parsePsLine(await ps('-p', String(pid)))
}

/** @param line of `ps -o pid=,ppid=,rss=,time=,lstart=,args=`, as macOS and the BSDs print it in the C locale */
export function parsePsLine(line: string): ProcessRow | undefined {
  const fields = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+([\d:.-]+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]{8}\s+\d{4})\s+(.*)$/
  const [match, pid, parentPid, kibibytes, time = '', start = '', command = ''] = fields.exec(line) ?? []
  if (match === undefined) return undefined
  return {
    pid: Number(pid),
    parentPid: Number(parentPid),
    startedMs: Date.parse(start),
    command: command.trimEnd(),
    cpuMs: cpuMs(time),
    residentBytes: Number(kibibytes) * 1024,
  }
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` */
function cpuMs(time: string): number {
  const [days, clock] = time.includes('-') ? (time.split('-') as [string, string]) : ['0', time]
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return Math.round((Number(days) * 86_400 + seconds) * 1_000)
}

async function ps(...which: string[]): Promise<string> {
  const columns = COLUMNS.flatMap((column) => ['-o', `${column}=`])
  const env = { ...process.env, LC_ALL: 'C' } // for the names of days and months
  return (await run('ps', { args: ['-ww', ...which, ...columns], env })).stdout
}

function linuxProcess(pid: number): ProcessRow | undefined {
  try {
    const stat = readFileSync(`${PROC}/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything; the numbers follow the last of them.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const field = (number: number) => Number(fields[number - 3]) // as proc(5) counts them
    return {
      pid,
      parentPid: field(4),
      startedMs: bootMs() + (field(22) * 1_000) / TICKS_PER_SECOND,
      command: readFileSync(`${PROC}/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trimEnd(),
      cpuMs: ((field(14) + field(15)) * 1_000) / TICKS_PER_SECOND,
      residentBytes: residentBytes(pid),
    }
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

function residentBytes(pid: number): number {
  const [, kibibytes = 0] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`${PROC}/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

function bootMs(): number {
  const [, seconds = 0] = /^btime (\d+)$/m.exec(readFileSync(`${PROC}/stat`, 'utf8')) ?? []
  return Number(seconds) * 1_000
}
