import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withDeadline } from './deadline.ts'

const hanging = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('work that takes too long is told so', async () => {
  await assert.rejects(withDeadline(new AbortController().signal, 5, hanging), { name: 'TimeoutError' })
})

test('work is ended with the reason of the one who ends it', async () => {
  const ending = new AbortController()
  const work = withDeadline(ending.signal, 60_000, hanging)
  ending.abort(new Error('enough'))
  await assert.rejects(work, /enough/)
})

test('a signal that is aborted already ends the work at once', async () => {
  const work = withDeadline(AbortSignal.abort(new Error('over')), 60_000, async (signal) =>
    signal.throwIfAborted(),
  )
  await assert.rejects(work, /over/)
})
