import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AppName, type ClusterName, decodeReport, type Report, RoadsteadError } from '@roadstead/proto'
import fc from 'fast-check'
import { until } from '../../../test/harness/index.ts'
import { createMemoryStore } from '../disk.ts'
import type { Link } from '../link/index.ts'
import { overflowing } from './coalesce.ts'
import { createOutbox } from './outbox.ts'

const cluster = 'here' as ClusterName

/** A link that fails as long as it is told to, and then keeps what it is given. */
function flakyLink() {
  const stored: Report[] = []
  const state = { up: false, stored, reconnect: () => {} }
  const link = {
    get connected() {
      return state.up
    },
    onConnected: (handler: () => void) => {
      state.reconnect = handler
    },
    async report(_id: string, bytes: Uint8Array) {
      if (!state.up) throw new RoadsteadError('unavailable', 'down')
      stored.push(decodeReport(bytes))
    },
  } as unknown as Link
  return { link, state }
}

const receipt = (generation: number) => ({ kind: 'receipt', generation, accepted: true }) as const
const appReport = (app: string, total: number) => ({
  kind: 'app' as const,
  app: app as AppName,
  phase: 'applied' as const,
  health: { status: 'Healthy' as const },
  objects: { total, applied: 0, failed: 0, healthy: 0, drifted: 0, retained: 0 },
  problems: [],
  problemCount: 0,
})

async function outboxOn(store = createMemoryStore(), nowMs = 1_000) {
  const { link, state } = flakyLink()
  const outbox = createOutbox({
    cluster,
    link,
    store,
    clock: { now: () => nowMs },
    random: () => 0.5,
    onTrouble: () => {},
  })
  await outbox.load()
  const ending = new AbortController()
  const done = outbox.run(ending.signal)
  const end = async () => {
    ending.abort()
    await done
  }
  return { outbox, state, store, end }
}

test('of an app only the newest state is sent, and in the order of the last word', async () => {
  const { outbox, state, end } = await outboxOn()
  outbox.put(appReport('web', 1))
  outbox.put(receipt(1))
  outbox.put(appReport('web', 2))
  state.up = true
  state.reconnect()
  await until(() => state.stored.length === 2)
  assert.deepEqual(
    state.stored.map(({ kind, seq }) => [kind, seq]),
    [
      ['receipt', 2],
      ['app', 3],
    ],
  )
  await end()
})

test('what was not sent is sent by the next run, under the number it had', async () => {
  const first = await outboxOn()
  first.outbox.put(receipt(1))
  first.outbox.put(receipt(2))
  await first.end()
  const second = await outboxOn(first.store)
  second.outbox.put(receipt(3))
  second.state.up = true
  second.state.reconnect()
  await until(() => second.state.stored.length === 3)
  assert.deepEqual(
    second.state.stored.map(({ boot, seq }) => [boot, seq]),
    [
      [1_000, 1],
      [1_000, 2],
      [1_001, 1],
    ],
  )
  await second.end()
})

test('a boot is always later than the one before, even if the clock went back', async () => {
  const { store, end } = await outboxOn(createMemoryStore(), 5_000)
  await end()
  const later = await outboxOn(store, 100)
  assert.equal(later.outbox.boot, 5_001)
  await later.end()
})

test('a full outbox forgets drift that is over first, and nothing else than drift', () => {
  const state = fc.constantFrom('open', 'corrected', 'app', 'receipt')
  fc.assert(
    fc.property(fc.array(state, { maxLength: 60 }), fc.nat(40), (kinds, max) => {
      const waiting = new Map(
        kinds.map((kind, index) => [
          `${index}`,
          (kind === 'app' || kind === 'receipt'
            ? { kind }
            : { kind: 'drift', state: kind }) as unknown as Report,
        ]),
      )
      const dropped = overflowing(waiting, max)
      const reports = dropped.map((key) => waiting.get(key))
      assert.ok(reports.every((report) => report?.kind === 'drift'))
      const openDropped = reports.some((report) => report?.kind === 'drift' && report.state === 'open')
      const overKept = [...waiting].some(
        ([key, report]) => report.kind === 'drift' && report.state !== 'open' && !dropped.includes(key),
      )
      assert.equal(openDropped && overKept, false)
    }),
  )
})
