import { assessHealth, type LiveObject, podsAmong, type Verdict } from '@roadstead/agent/health'
import type { HealthOptions } from '../commands/health.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { print } from '../output/print.ts'
import { stateCell } from '../output/state.ts'
import { table } from '../output/table.ts'
import { readObjects } from './read-objects.ts'

/** Judges each object by the agent's own rules. Pods beside a workload tell why it is not there yet. */
export async function healthVerb(context: Context, { file }: HealthOptions): Promise<ExitCode> {
  const objects = await readObjects(context, file)
  const verdicts = objects.map((object) => judge(object, objects))
  print(context, verdicts, () => healthText(objects, verdicts, context))
  const isBad = verdicts.some(({ status }) => status === 'Degraded' || status === 'Missing')
  return isBad ? exitCodes.no : exitCodes.ok
}

function judge(object: LiveObject, all: readonly LiveObject[]): Verdict {
  if (object.apiVersion === '' || object.kind === '') {
    return {
      status: 'Unknown',
      reason: 'not a Kubernetes object: it has no apiVersion or kind',
      rule: 'none',
    }
  }
  const { status, reason, rule } = assessHealth(object, { pods: podsAmong(all, object) })
  return { status, reason, rule }
}

function healthText(objects: readonly LiveObject[], verdicts: readonly Verdict[], context: Context): string {
  if (objects.length === 0) return 'No objects.\n'
  const rows = objects.map((object, index) => {
    const { status, reason, rule } = verdicts[index]!
    return { cells: [nameOf(object), stateCell(status, context.colors), rule, reason] }
  })
  const columns = [
    { title: 'OBJECT', shrinks: true },
    { title: 'STATUS' },
    { title: 'RULE', shrinks: true },
    { title: 'REASON', shrinks: true },
  ]
  return table(columns, rows, context)
}

function nameOf({ apiVersion, kind, metadata }: LiveObject): string {
  const group = apiVersion.includes('/') ? `${apiVersion.split('/')[0]}/` : ''
  const place = [metadata?.namespace, metadata?.name].filter((part) => part !== undefined).join('/')
  return `${group}${kind} ${place}`.trim()
}
