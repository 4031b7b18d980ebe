import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '@roadstead/test/harness'
import type { Head } from '../source/index.ts'
import { createTelemetry } from '../telemetry/index.ts'
import type { Advance } from './advance.ts'
import { startAdvancing } from './loop.ts'

const telemetry = createTelemetry({ serviceName: 'test', version: '0', logLevel: 'silent' })

/** A source whose head is told by the test, and an advance that notes what it is given. */
function setUp(advance: Advance['advance']) {
  const listeners = new Set<() => void>()
  let head: string | undefined
  const leading = new AbortController()
  const loop = startAdvancing({
    source: {
      head: async () => (head === undefined ? undefined : ({ commit: { id: head } } as Head)),
      onHead: (listener) => {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    advance: { advance },
    telemetry,
    signal: leading.signal,
    retryMinMs: 1,
    retryMaxMs: 4,
    pollMs: 20,
  })
  return {
    loop,
    leading,
    listeners,
    moveUnheard(to: string) {
      head = to
    },
    move(to: string) {
      head = to
      for (const listener of listeners) listener()
    },
  }
}

test('every move of the head is followed, those during work are taken together', async () => {
  const seen: string[] = []
  const gate = Promise.withResolvers<void>()
  const setting = setUp(async ({ commit }) => {
    seen.push(commit.id)
    if (commit.id === 'a') await gate.promise
    return { kind: 'unchanged' }
  })
  setting.move('a')
  await until(() => seen.length === 1, { message: 'a is worked on' })
  setting.move('b')
  setting.move('c')
  gate.resolve()
  await until(() => seen.length === 2, { message: 'what came meanwhile is taken' })
  await setting.loop.close()
  assert.deepEqual(seen, ['a', 'c'])
  assert.equal(setting.listeners.size, 0)
})

test('a move of the head that nobody told of is followed, too', async () => {
  const seen: string[] = []
  const setting = setUp(async ({ commit }) => {
    seen.push(commit.id)
    return { kind: 'unchanged' }
  })
  setting.move('a')
  await until(() => seen.includes('a'), { message: 'a is worked on' })
  setting.moveUnheard('b')
  await until(() => seen.includes('b'), { message: 'b is found' })
  await setting.loop.close()
})

test('a failure is tried again until it works', async () => {
  let attempts = 0
  const setting = setUp(async () => {
    attempts += 1
    if (attempts < 4) throw new Error('the database is away')
    return { kind: 'unchanged' }
  })
  setting.move('a')
  await until(() => attempts === 4, { message: 'the fourth attempt' })
  await setting.loop.close()
})

test('nothing is begun once another process leads', async () => {
  let attempts = 0
  const setting = setUp(async () => {
    attempts += 1
    return { kind: 'unchanged' }
  })
  setting.leading.abort()
  setting.move('a')
  await setting.loop.close()
  assert.equal(attempts, 0)
})
