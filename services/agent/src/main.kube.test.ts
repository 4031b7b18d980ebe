import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startBroker } from '../../../agent/src/testing/broker.ts'
import { configMap, healthyAt, seeConfigMap, testCluster } from '../../../agent/src/testing/run-agent.ts'
import {
  type Program,
  startOtlpReceiver,
  startTypeScript,
  temporaryDirectory,
  until,
} from '../../../test/harness/index.ts'
import { createSimulatedCluster } from '../../../test/sim/index.ts'

const entry = fileURLToPath(new URL('./main.ts', import.meta.url))

/** Everything a real agent process needs, and how to start it; all of it ends with the test. */
async function surroundings(t: { after(end: () => Promise<void>): void }, more: Record<string, string> = {}) {
  const broker = await startBroker(testCluster)
  t.after(async () => broker[Symbol.asyncDispose]())
  const sim = await createSimulatedCluster({ name: testCluster })
  t.after(() => sim.close())
  const folder = temporaryDirectory('agent').path
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const environment = {
    ...process.env,
    ROADSTEAD_CLUSTER: testCluster,
    ROADSTEAD_STATE_DIRECTORY: join(folder, 'state'),
    ROADSTEAD_NATS_URLS: broker.nats.url,
    ROADSTEAD_NKEY_SEED_FILE: file('seed', broker.identity.key.seed),
    ROADSTEAD_USER_JWT_FILE: file('jwt', 'not needed by a broker without an operator'),
    ROADSTEAD_ASSIGNMENT_KEYS_FILE: file('keys', broker.signer.publicKey),
    ROADSTEAD_CLUSTER_KEY_FILE: file('cluster-key', broker.identity.clusterKey),
    KUBECONFIG: file('kubeconfig', sim.kubeconfig()),
    ...more,
  }
  const start = async (): Promise<Program> => {
    const program = await startTypeScript(entry, { name: 'agent', env: environment, ready: /starting/ })
    t.after(async () => void (await program.stop()))
    return program
  }
  return { broker, sim, environment, start }
}

const parts = Array.from({ length: 40 }, (_, index) => configMap(`part-${index}`))

test('an agent that was killed in the middle of its work goes on from its disk', async (t) => {
  const { broker, sim, start } = await surroundings(t)
  const first = await start()
  const hang = sim.faults.inject({ verb: 'apply', name: 'part-30' }, { kind: 'hang' })
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: parts }] })
  await until(() => seeConfigMap(sim, 'part-29'))
  await first.kill()
  sim.faults.clear(hang)
  await broker.nats.stop()

  // Without a broker: all that it knows is on its disk.
  await start()
  await until(() => seeConfigMap(sim, 'part-39') && seeConfigMap(sim, 'part-30'))
  await broker.restart()
  const report = await healthyAt(broker, 'web', 1)
  assert.equal(report.objects.applied, 40)
  assert.equal(
    broker.reports.some(({ kind }) => kind === 'drift'),
    false,
  )
})

test('told to end, it ends with 0', async (t) => {
  const { start } = await surroundings(t)
  const program = await start()
  assert.deepEqual(await program.stop(), { code: 0, signal: null })
})

test('a configuration that is wrong ends it with 1 and every fault', async () => {
  const broken = startTypeScript(entry, { name: 'agent', env: { PATH: process.env.PATH }, ready: /starting/ })
  await assert.rejects(broken, /ROADSTEAD_CLUSTER is required/)
})

test('it ends when its parent lets go of its standard input', async (t) => {
  const { environment } = await surroundings(t)
  const env = { ...environment, ROADSTEAD_EXIT_WITH_PARENT: 'true' }
  const child = spawn(process.execPath, [entry], { env, stdio: ['pipe', 'ignore', 'inherit'] })
  t.after(async () => void child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.stdin.end()
  assert.equal(await ended, 0)
})

test('its spans continue the trace that the assignment carries', async (t) => {
  const receiver = await startOtlpReceiver()
  t.after(async () => receiver[Symbol.asyncDispose]())
  const { broker, start } = await surroundings(t, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint })
  await start()
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  await broker.assign({
    generation: 1,
    apps: [{ app: 'web', objects: parts.slice(0, 2) }],
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  })
  const report = await healthyAt(broker, 'web', 1)
  assert.match(report.traceparent ?? '', new RegExp(traceId))
  const names = await until(() => {
    const ours = receiver.spans.filter((span) => span.traceId === traceId).map(({ name }) => name)
    return ours.length >= 3 && ours
  })
  assert.deepEqual([...names].sort(), ['agent accept', 'agent apply', 'agent healthy'])
})
