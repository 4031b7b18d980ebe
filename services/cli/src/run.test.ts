import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from './exit.ts'
import { problem, recordedHub } from './testing/recorded-hub.ts'
import { runCaptured } from './testing/run-captured.ts'

test('help is an answer; a missing or unknown verb, option or value is not', async () => {
  const help = await runCaptured(['--help'])
  assert.equal(help.exitCode, exitCodes.ok)
  assert.match(help.stdout, /Exit codes:/)
  for (const args of [
    [],
    ['frobnicate'],
    ['status', '--frob'],
    ['status', '-o', 'xml'],
    ['clusters', '--limit', '0'],
  ]) {
    const wrong = await runCaptured(args)
    assert.equal(wrong.exitCode, exitCodes.usage, args.join(' '))
    assert.equal(wrong.stdout, '')
  }
})

test('help fits into 80 columns', async () => {
  for (const args of [['--help'], ['status', '--help'], ['clusters', '--help'], ['drift', '--help']]) {
    const { stdout } = await runCaptured(args)
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
  }
})

test("an error says the hub's words, the code, and what to do", async (t) => {
  const hub = await recordedHub(t, {
    'GET /v1/apps': problem(401, 'unauthenticated', 'the token is not known'),
  })
  const { exitCode, stdout, stderr } = await runCaptured(['apps', '--server', hub.url])
  assert.equal(exitCode, exitCodes.denied)
  assert.equal(stdout, '')
  assert.equal(
    stderr.replace(hub.url, 'HUB'),
    `
error: the token is not known (unauthenticated)
Give a token that HUB knows: --token, or ROADSTEAD_TOKEN.
`.slice(1),
  )
})

test('an error of the hub can not steer the terminal', async (t) => {
  const hub = await recordedHub(t, {
    'GET /v1/apps': problem(400, 'bad-request', 'no\u001b[2Jgood\nerror: fake'),
  })
  const { stderr } = await runCaptured(['apps', '--server', hub.url])
  assert.equal(stderr, 'error: nogood error: fake (bad-request)\n')
})
