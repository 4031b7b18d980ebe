import { setTimeout as sleep } from 'node:timers/promises'
import { type ProcessRow, processTable } from '@roadstead/test/harness'
import type { Sandbox } from '../sandbox.ts'
import type { SmokeStep } from './context.ts'
import { percentile, type Result } from './result.ts'

/** What the steps before have set in motion comes to rest. */
const REST_MS = 3_000
const MEASURED_MS = 8_000
const IDLE_PERCENT = 5

/** Measures what the system costs while nothing changes. */
export const measureIdle: SmokeStep = async ({ sandbox }) => {
  await sleep(REST_MS)
  const [first, firstMs] = [costs(sandbox, await processTable()), performance.now()]
  await sleep(MEASURED_MS)
  const [last, lastMs] = [costs(sandbox, await processTable()), performance.now()]
  const percentOf = (group: string) => {
    const before = new Map(first.get(group)?.map(({ pid, cpuMs }) => [pid, cpuMs]))
    // One by one: of a process that ended meanwhile the time before must not count against the rest.
    const usedMs = (last.get(group) ?? []).map(({ pid, cpuMs }) => cpuMs - (before.get(pid) ?? 0))
    return (sum(usedMs) / (lastMs - firstMs)) * 100
  }
  const groups = [...last.keys()]
  const total = groups.reduce((all, group) => all + percentOf(group), 0)
  const agents = (last.get('agents') ?? []).map(({ residentBytes }) => residentBytes)
  const hub = (last.get('hub') ?? []).map(({ residentBytes }) => residentBytes)
  return [
    {
      what: 'idle: processor time, of one core',
      measured: `${total.toFixed(1)} %`,
      target: `< ${IDLE_PERCENT} %`,
      met: total < IDLE_PERCENT,
    },
    ...groups.map((group) => ({ what: `  ${group}`, measured: `${percentOf(group).toFixed(1)} %` })),
    { what: 'memory of the hub', measured: mebibytes(sum(hub)) },
    {
      what: 'memory of an agent',
      measured: `p50 ${mebibytes(percentile(agents, 50))}, max ${mebibytes(Math.max(...agents))}`,
    },
  ] satisfies Result[]
}

/** The processes of each part, with those that they started (PostgreSQL's are many). */
function costs({ parts }: Sandbox, table: readonly ProcessRow[]): ReadonlyMap<string, readonly ProcessRow[]> {
  const family = (pid: number | undefined): ProcessRow[] =>
    table.flatMap((row) => {
      if (row.pid === pid) return [row]
      return row.parentPid === pid ? family(row.pid) : []
    })
  return new Map([
    ['hub', family(parts.hub.pid)],
    ['agents', [...parts.agents.values()].flatMap(({ pid }) => family(pid))],
    ['NATS', family(parts.nats.pid)],
    ['PostgreSQL', family(parts.postgres.pid)],
    ['simulated clusters', family(parts.clusters.pid)],
  ])
}

function sum(figures: readonly number[]): number {
  return figures.reduce((all, figure) => all + figure, 0)
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}
