import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { freePort, onFreePort } from './ports.ts'

test('a free port can be listened on, and is handed out once', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()))
  assert.equal(new Set(ports).size, ports.length)
  const server = createServer().listen(ports[0], '127.0.0.1')
  await once(server, 'listening')
  server.close()
})

test('a server whose port was taken meanwhile gets another one', async () => {
  const tried: number[] = []
  const { port, server } = await onFreePort(async (port) => {
    tried.push(port)
    if (tried.length < 3) throw new Error('bind: address already in use')
    return 'running'
  }, /already in use/)
  assert.equal(server, 'running')
  assert.equal(new Set(tried).size, 3)
  assert.equal(port, tried[2])
})

test('another error, or a port that was asked for, is not tried again', async () => {
  let starts = 0
  const failing = (message: string) => async () => {
    starts += 1
    throw new Error(message)
  }
  await assert.rejects(onFreePort(failing('no such file'), /already in use/), /no such file/)
  await assert.rejects(onFreePort(failing('already in use'), /already in use/, 4222), /already in use/)
  assert.equal(starts, 2)
})
