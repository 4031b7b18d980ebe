import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '@roadstead/test/harness'
import { choosePorts, type PortEdges, readPorts, writePorts } from './ports.ts'

/** A machine on which these ports are taken, and which finds 30001, 30002, … */
function machine(...taken: number[]): PortEdges {
  let next = 30_000
  return { isFree: async (port) => !taken.includes(port), find: async () => ++next }
}

test('a part keeps the port it had', async () => {
  const had = { hub: 7070, nats: 4222 }
  assert.deepEqual(await choosePorts(['hub', 'nats'], had, machine()), had)
})

test('a port that somebody else took is replaced; the others stay', async () => {
  const had = { hub: 7070, nats: 4222 }
  assert.deepEqual(await choosePorts(['hub', 'nats'], had, machine(7070)), { hub: 30_001, nats: 4222 })
})

test('no two parts get one port', async () => {
  const had = { hub: 7070, nats: 7070 }
  assert.deepEqual(await choosePorts(['hub', 'nats'], had, machine()), { hub: 7070, nats: 30_001 })
})

test('a part that is new gets a port, one that is gone loses its', async () => {
  assert.deepEqual(await choosePorts(['hub'], { nats: 4222 }, machine()), { hub: 30_001 })
})

test('the file is read as it was written; what makes no sense in it is left out', () => {
  using directory = temporaryDirectory('ports')
  const path = join(directory.path, 'ports.json')
  assert.deepEqual(readPorts(path), {})
  writePorts(path, { hub: 7070 })
  assert.deepEqual(readPorts(path), { hub: 7070 })
  writeFileSync(path, '{"hub": 7070, "nats": "4222", "postgres": 80}')
  assert.deepEqual(readPorts(path), { hub: 7070 })
  writeFileSync(path, '{"hub":')
  assert.deepEqual(readPorts(path), {})
})
