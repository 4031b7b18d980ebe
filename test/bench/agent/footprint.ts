/** What a process takes, by Linux's own account; other systems are not asked. */
import { readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

export interface Footprint {
  /** Resident now, and at most so far. */
  readonly residentBytes: number
  readonly peakBytes: number
  /** Of what is resident, the process's own: not pages of the executable, which all Nodes of a machine share. */
  readonly privateBytes: number
  /** User and system time so far. */
  readonly cpuSeconds: number
}

export function footprintOf(pid: number): Footprint | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1])
    // The second field, the program's name, may have spaces; the ones that count follow its bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    return {
      residentBytes: kilobytes('VmRSS') * 1024,
      peakBytes: kilobytes('VmHWM') * 1024,
      privateBytes: kilobytes('RssAnon') * 1024,
      cpuSeconds: ticks / TICKS_PER_SECOND,
    }
  } catch {
    return undefined
  }
}
