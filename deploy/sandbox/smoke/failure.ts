/** What failed, and where to look: what the hub holds against the fleet, and what the parts complain of. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Placement } from '@roadstead/hub/readmodel'
import type { Sandbox } from '../sandbox.ts'

const MAX_LINES = 12
const LINES_PER_LOG = 4
const LINE_CHARS = 240
const COMPLAINT = /"level":"(warn|error|fatal)"|\[(WRN|ERR|FTL)\]|\b(ERROR|FATAL|PANIC)\b|^\w*Error\b/

export async function describeFailure(failure: Error, { api, logs }: Sandbox): Promise<string> {
  const placements = await api.list<Placement>('/v1/placements').catch(() => [])
  const ill = placements
    .filter(({ status }) => status !== 'healthy')
    .map(
      ({ app, cluster, status, reason }) =>
        `${app} on ${cluster} is ${status}: ${reason ?? 'no reason given'}`,
    )
  const complaints = readdirSync(logs.directory)
    .filter((name) => name.endsWith('.log') && !name.endsWith('.previous.log'))
    .flatMap((name) => complaintsIn(join(logs.directory, name)))
  return [
    '',
    ...section('Not healthy:', ill),
    ...section('What the parts complain of:', complaints),
    `The logs are kept in ${logs.directory}`,
    `FAILED: ${failure.message}`,
    '',
  ].join('\n')
}

function complaintsIn(path: string): string[] {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => COMPLAINT.test(line))
  if (lines.length === 0) return []
  return [path, ...lines.slice(-LINES_PER_LOG).map((line) => `  ${line.slice(0, LINE_CHARS)}`)]
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const more = lines.length - MAX_LINES
  return [
    title,
    ...lines.slice(0, MAX_LINES).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more lines`] : []),
    '',
  ]
}
