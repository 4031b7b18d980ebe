import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lines } from './lines.ts'

async function* parts(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0
  for (let index = 0; start < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1
    yield bytes.subarray(start, start + size)
    start += size
  }
}

test('lines are the same however the network cuts them', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '))
  await fc.assert(
    fc.asyncProperty(
      fc.array(line),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (texts, sizes) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''))
        assert.deepEqual(await Array.fromAsync(lines(parts(bytes, sizes), 1_000)), texts)
      },
    ),
  )
})

test('half a line at the end is dropped', async () => {
  assert.deepEqual(await Array.fromAsync(lines(parts(Buffer.from('whole\nhal'), [4]), 100)), ['whole'])
})

test('a line without end is refused', async () => {
  const endless = lines(parts(Buffer.alloc(500, 'x'), [50]), 100)
  await assert.rejects(Array.fromAsync(endless), { code: 'too-large' })
})
