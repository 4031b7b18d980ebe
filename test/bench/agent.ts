/**
 * What the agent does for a cluster, and what it takes for it, on a real API server: `npm run bench -- agent`.
 * Everything runs on this machine, API server, etcd and broker too, so two cores are shared by all of them.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { until } from '../harness/index.ts'
import { type Footprint, footprintOf } from './agent/footprint.ts'
import { setStage } from './agent/stage.ts'
import { type Sighting, watchConfigMaps } from './agent/watching.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    'idle-seconds': { type: 'string', default: '60' },
    /** Runs the agent without its types, as JavaScript. */
    stripped: { type: 'boolean', default: false },
  },
})
const ROUNDS = Number(options.rounds)
const IDLE_SECONDS = Number(options['idle-seconds'])
const OBJECTS = 500
const VALUE_BYTES = 2_000
const CHANGES = 40
const REPEATS = 100
/** Between two repairs, as between two mistakes of people: the agent has come to rest. */
const PAUSE_MS = 20

await using stage = await setStage(options)
const { broker, objects, server, agent } = stage
const NAMESPACE = 'bench'
await objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } })
const watching = watchConfigMaps(server, NAMESPACE)

let generation = 0
/** All apps as they are assigned now; a change replaces one. */
const apps = new Map<string, { app: string; objects: ConfigMap[]; since: number }>()
const rows: Row[] = []

console.log(
  `kube-apiserver ${server.version}, Node ${process.version}, the agent as ${options.stripped ? 'JavaScript' : 'TypeScript'}\n`,
)
const small = seenAll('small', 10)
await assign('small', configMaps('small', 10))
await small

const bulkMs = []
for (const app of ['bulk', 'bulk-2', 'bulk-3']) {
  bulkMs.push(await appliedMs(app))
  if (app === 'bulk') await atRest()
}
report(
  'push → 500 × 2 KB ConfigMaps applied',
  `${ms(median(bulkMs))} (${bulkMs.map(ms).join(', ')})`,
  '< 2 s',
)
for (const app of ['small', 'bulk']) {
  const { appliedMs, publishedMs } = await changeMs(app)
  const what = `push → one changed object of ${apps.get(app)?.objects.length} applied`
  report(what, `${distribution(appliedMs)}, published after ${ms(median(publishedMs))}`, 'p50 < 300 ms')
}
report('edited object repaired', distribution(await editMs()), 'p50 < 50 ms, p99 < 250 ms')
report('deleted object repaired', distribution(await deletionMs()), 'p50 < 50 ms, p99 < 250 ms')
report(`unchanged assignment, sent ${REPEATS} times`, `${await callsForNothing()} API calls`, '0 API calls')
watching.stop()
print()

interface ConfigMap {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace: string }
  data: Record<string, string>
}

function configMaps(app: string, count: number): ConfigMap[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${app}-${index}`, namespace: NAMESPACE },
    data: { version: '0', text: randomBytes(VALUE_BYTES / 2).toString('hex') },
  }))
}

/** Publishes an assignment in which this app consists of these objects. */
async function assign(app: string, wanted: ConfigMap[]): Promise<void> {
  generation += 1
  apps.set(app, { app, objects: wanted, since: generation })
  await broker.assign({ generation, apps: [...apps.values()] })
}

/** Waits until each of an app's objects was seen. @returns when the last one was */
async function seenAll(app: string, count: number): Promise<number> {
  const missing = new Set(Array.from({ length: count }, (_, index) => `${app}-${index}`))
  const { atMs } = await watching.next(({ type, object }) => {
    if (type === 'ADDED') missing.delete(object.metadata.name)
    return missing.size === 0
  })
  return atMs
}

async function appliedMs(app: string): Promise<number> {
  const wanted = configMaps(app, OBJECTS)
  const all = seenAll(app, OBJECTS)
  const started = performance.now()
  await assign(app, wanted)
  const tookMs = (await all) - started
  await settled(app)
  return tookMs
}

/** Until the agent has said that all of it is applied and healthy. */
async function settled(app: string): Promise<void> {
  await until(
    () =>
      broker.reports.some(
        (one) => one.kind === 'app' && one.app === app && one.healthy?.generation === generation,
      ),
    { deadlineMs: 60_000, message: `${app} is healthy at ${generation}` },
  )
}

/** From the push, which renders nothing but does store the release, to when the change was seen in the cluster. */
async function changeMs(app: string): Promise<{ appliedMs: number[]; publishedMs: number[] }> {
  const appliedMs: number[] = []
  const publishedMs: number[] = []
  for (let round = 1; round <= CHANGES; round += 1) {
    const wanted = apps.get(app)?.objects ?? []
    const changed = wanted[round % wanted.length]
    if (!changed) throw new Error(`${app} has no objects`)
    changed.data.version = String(generation + 1)
    const { version } = changed.data
    const seen = watching.next(
      ({ object }) => object.metadata.name === changed.metadata.name && object.data?.version === version,
    )
    const started = performance.now()
    await assign(app, wanted)
    publishedMs.push(performance.now() - started)
    appliedMs.push((await seen).atMs - started)
    await settled(app)
  }
  return { appliedMs, publishedMs }
}

/** From when the edit was seen to when it was seen put right; each object once, so that none becomes a fight. */
async function editMs(): Promise<number[]> {
  const took: number[] = []
  for (const { metadata, data } of apps.get('bulk')?.objects.slice(0, ROUNDS) ?? []) {
    let edited: Sighting | undefined
    // Both in one look: the repair may follow the edit before anybody could ask for it.
    const repaired = watching.next((seen) => {
      if (seen.object.metadata.name !== metadata.name) return false
      if (seen.object.data?.version === 'edited') edited = seen
      return edited !== undefined && seen.object.data?.version === data.version
    })
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', ...metadata }
    await objects.patch(ref, { data: { version: 'edited' } }, 'kubectl-edit')
    const { atMs } = await repaired
    took.push(atMs - (edited?.atMs ?? Number.NaN))
    await sleep(PAUSE_MS)
  }
  return took
}

async function deletionMs(): Promise<number[]> {
  const took: number[] = []
  for (const { metadata } of apps.get('bulk')?.objects.slice(-ROUNDS) ?? []) {
    const next = (wanted: string) =>
      watching.next(({ type, object }) => type === wanted && object.metadata.name === metadata.name)
    const [deleted, added] = [next('DELETED'), next('ADDED')]
    await objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', ...metadata })
    took.push((await added).atMs - (await deleted).atMs)
    await sleep(PAUSE_MS)
  }
  return took
}

/** How many requests the agent makes while the same content is assigned again and again. */
async function callsForNothing(): Promise<number> {
  await sleep(1_000)
  const before = stage.agentRequests().length
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    generation += 1
    await broker.assign({ generation, apps: [...apps.values()] })
  }
  await until(() => broker.reports.some((one) => one.kind === 'receipt' && one.generation === generation), {
    deadlineMs: 30_000,
    message: 'the last of the assignments is accepted',
  })
  await sleep(1_000)
  return stage
    .agentRequests()
    .slice(before)
    .filter(({ verb }) => verb !== 'watch').length
}

/** Memory and processor time of an agent that has 500 objects and nothing to do. */
async function atRest(): Promise<void> {
  await sleep(5_000)
  const before = footprintOf(agent.pid)
  await sleep(IDLE_SECONDS * 1_000)
  const after = footprintOf(agent.pid)
  if (!before || !after) return
  const share = (after.cpuSeconds - before.cpuSeconds) / IDLE_SECONDS
  report('resident memory, 500 objects managed', memory(after), '< 80 MB')
  report(`idle CPU over ${IDLE_SECONDS} s, 500 objects`, `${(share * 100).toFixed(2)} % of a core`, '< 0.5 %')
}

function memory({ residentBytes, privateBytes, peakBytes }: Footprint): string {
  return `${mb(residentBytes)} (private ${mb(privateBytes)}, peak ${mb(peakBytes)})`
}

interface Row {
  readonly what: string
  readonly measured: string
  readonly target: string
}

function report(what: string, measured: string, target: string): void {
  rows.push({ what, measured, target })
  console.error(`${what}: ${measured}`)
}

function print(): void {
  const width = (key: keyof Row) => Math.max(...rows.map((row) => row[key].length))
  const [what, measured] = [width('what'), width('measured')]
  console.log(`\n${''.padEnd(what)}  ${'measured'.padEnd(measured)}  target`)
  for (const row of rows)
    console.log(`${row.what.padEnd(what)}  ${row.measured.padEnd(measured)}  ${row.target}`)
}

function distribution(took: readonly number[]): string {
  return `p50 ${ms(quantile(took, 0.5))}, p99 ${ms(quantile(took, 0.99))}, max ${ms(Math.max(...took))} (${took.length})`
}

function median(took: readonly number[]): number {
  return quantile(took, 0.5)
}

function quantile(took: readonly number[], share: number): number {
  const sorted = took.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`
}

function mb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`
}
