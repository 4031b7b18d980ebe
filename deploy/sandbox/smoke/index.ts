/** `npm run demo -- --smoke`: a whole fleet, changed, broken and killed at, and how long everything took. */
import type { ClusterSummary } from '@roadstead/hub/readmodel'
import type { Ending } from '../ending.ts'
import { createDisplay, seconds } from '../progress/index.ts'
import { createSandbox, type Sandbox, STEPS } from '../sandbox.ts'
import { waitUntilSettled } from '../settle.ts'
import { type Lock, removeState, type StatePaths } from '../state/index.ts'
import { breakApp } from './break.ts'
import { createClusterClient } from './cluster.ts'
import { timeCommits } from './commits.ts'
import type { Context, SmokeStep } from './context.ts'
import { deleteObject } from './delete.ts'
import { editObject } from './edit.ts'
import { describeFailure } from './failure.ts'
import { surviveHub } from './hub-outage.ts'
import { measureIdle } from './idle.ts'
import { type Result, table } from './result.ts'

const START_DEADLINE_MS = 60_000

const SMOKE_STEPS: Readonly<Record<string, SmokeStep>> = {
  'a commit everywhere': timeCommits,
  'an edited object': editObject,
  'a deleted object': deleteObject,
  'a broken app': breakApp,
  'a killed hub': surviveHub,
  'the idle system': measureIdle,
}
const TO_HEALTHY = 'all healthy'

/** Returns the exit code: 0 when all was as it should be, whatever the times; 1 when something failed. */
export async function smoke(paths: StatePaths, lock: Lock, ending: Ending): Promise<number> {
  const { stdout } = process
  const beganMs = performance.now()
  const display = createDisplay(stdout, [...STEPS, TO_HEALTHY, ...Object.keys(SMOKE_STEPS)])
  const sandbox = await createSandbox(paths, (line) => display.say(line))
  lock.announce(sandbox.api.url)
  const results: Result[] = []
  let failure: Error | undefined
  try {
    await sandbox.start(display, ending.signal)
    await display.step(TO_HEALTHY, () => firstHealth(sandbox, ending.signal))
    results.push({ what: 'start → all healthy', measured: seconds(performance.now() - beganMs) })
    const context = await createContext(sandbox, ending.signal)
    for (const [name, step] of Object.entries(SMOKE_STEPS)) {
      ending.signal.throwIfAborted()
      results.push(...(await display.step(name, () => step(context))))
    }
  } catch (error) {
    failure = error as Error
  }
  display.close()
  if (results.length > 0) stdout.write(`\n${table(results)}\n`)
  if (ending.signal.aborted) stdout.write(`\nended before it was through (${ending.reason})\n`)
  else if (failure !== undefined) stdout.write(await describeFailure(failure, sandbox))
  const stoppingMs = performance.now()
  await sandbox.stop()
  const [took, stopped] = [performance.now() - beganMs, performance.now() - stoppingMs]
  if (failure !== undefined) return ending.signal.aborted ? 130 : 1
  await removeState(paths)
  stdout.write(`\nIt took ${seconds(took)}, ${seconds(stopped)} of that to stop. ${verdict(results)}\n`)
  return 0
}

async function firstHealth({ api }: Sandbox, signal: AbortSignal): Promise<void> {
  const health = await waitUntilSettled(api, { deadlineMs: START_DEADLINE_MS, signal })
  if (health === undefined)
    throw new Error(`not all was healthy ${START_DEADLINE_MS / 1_000} s after the start`)
}

async function createContext(sandbox: Sandbox, signal: AbortSignal): Promise<Context> {
  const { api, token, clusterUrl } = sandbox
  const summaries = await api.list<ClusterSummary>('/v1/clusters')
  return {
    sandbox,
    signal,
    clone: await sandbox.clone(),
    clusters: sandbox.clusters.map((name) => createClusterClient(name, clusterUrl(name), token)),
    environmentOf: new Map(summaries.map(({ name, environment }) => [name, environment])),
  }
}

function verdict(results: readonly Result[]): string {
  const missed = results.filter(({ met }) => met === false).length
  return missed === 0 ? 'All targets are met.' : `${missed} of the targets are missed on this machine.`
}
