import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTypeScript } from './process.ts'
import { until } from './until.ts'

const PARENT = join(import.meta.dirname, 'programs', 'parent.ts')

/** What the program of programs/parent.ts left in our hands. */
async function startParent(...args: string[]) {
  const parent = await startTypeScript(PARENT, { args, ready: /^\{/ })
  const left: { pid: number; directory: string } = JSON.parse(parent.lines[0] ?? '')
  return { parent, ...left }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a server and a directory do not survive a process that was killed outright', async () => {
  const { parent, pid, directory } = await startParent('--stay')
  assert.ok(isRunning(pid))
  assert.ok(existsSync(directory))
  await parent.kill()
  await until(() => !isRunning(pid), { message: 'the server ended' })
  await until(() => !existsSync(directory), { message: 'the directory was removed' })
})

test('a running server does not keep its process from ending, and ends with it', async () => {
  const { parent, pid, directory } = await startParent()
  assert.deepEqual(await parent.exited, { code: 0, signal: null })
  await until(() => !isRunning(pid), { message: 'the server ended' })
  await until(() => !existsSync(directory), { message: 'the directory was removed' })
})
