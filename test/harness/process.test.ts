import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { run, startProgram, startTypeScript } from './process.ts'

const SERVER = join(import.meta.dirname, 'programs', 'server.ts')

test('a program is ready once it says so, and stops when asked', async () => {
  const server = await startTypeScript(SERVER, { ready: /^ready$/ })
  assert.equal(server.running, true)
  assert.deepEqual(server.lines, ['ready'])
  assert.deepEqual(await server.stop(), { code: 3, signal: null })
  assert.deepEqual(server.lines, ['ready', 'stopping'])
  assert.equal(server.running, false)
  assert.deepEqual(await server.stop(), { code: 3, signal: null })
})

test('a program that ignores its signal is stopped by force', async () => {
  const server = await startTypeScript(SERVER, { args: ['--stubborn'], ready: /ready/ })
  assert.deepEqual(await server.stop(50), { code: null, signal: 'SIGKILL' })
})

test('the next line of a running program can be waited for', async () => {
  await using server = await startTypeScript(SERVER, { ready: /ready/ })
  const line = server.nextLine(/reload/)
  server.signal('SIGHUP')
  assert.equal(await line, 'reloaded')
  await assert.rejects(
    server.nextLine(/never/, 10),
    /wrote no line like \/never\/ in 10 ms; .*\nready\nreloaded$/s,
  )
})

test('a program that ends before it is ready is an error that quotes its output', async () => {
  const start = startProgram('sh', {
    name: 'the hub',
    args: ['-c', 'echo no such table >&2; exit 7'],
    ready: /ready/,
  })
  await assert.rejects(start, {
    message: 'the hub ended before it was ready (exit code 7); its output ends with:\nno such table',
  })
})

test('a program that is not ready in time is ended', async () => {
  const start = startProgram('sh', {
    args: ['-c', 'echo $$; exec sleep 60'],
    ready: /never/,
    readyDeadlineMs: 300,
  })
  const error: Error = await start.then(
    () => assert.fail('it was never ready'),
    (error) => error,
  )
  const pid = Number(/was not ready after 300 ms; its output ends with:\n(\d+)/.exec(error.message)?.[1])
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})

test('a program that does not exist is an error that names it', async () => {
  await assert.rejects(
    startProgram('/no/such/program'),
    /\/no\/such\/program could not be started \(.*ENOENT\)/,
  )
  await assert.rejects(run('/no/such/program'), /\/no\/such\/program: .*ENOENT/)
})

test('a command runs to its end with its input, output and exit code', async () => {
  const result = await run('sh', { args: ['-c', 'cat; echo fault >&2; exit 4'], input: 'given' })
  assert.deepEqual(result, { code: 4, stdout: 'given', stderr: 'fault\n' })
})

test('a command that does not end in time is ended', async () => {
  await assert.rejects(run('sleep', { args: ['60'], deadlineMs: 50 }), /sleep 60: did not end within 50 ms/)
})
