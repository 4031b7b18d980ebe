import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { inForce, newer, settledHealth, troubledHealth } from '../testing/fleet.ts'
import { json, problem, recordedHub } from '../testing/recorded-hub.ts'
import { runCaptured } from '../testing/run-captured.ts'

const path = 'GET /v1/fleet/health'

test('a fleet that is well fits on one screen, and exits with 0', async (t) => {
  const hub = await recordedHub(t, { [path]: json(settledHealth) })
  const { stdout, exitCode } = await runCaptured(['status', '--server', hub.url])
  assert.equal(
    stdout,
    `
Commit a1b2c3d4 in force  as of 2s ago

ENVIRONMENT                        HEALTHY  CURRENT  OTHERWISE
dev          ████████████████████      2/2      2/2  -
staging      ████████████████████      3/3      3/3  -
prod         ████████████████████      7/7      7/7  -

Clusters 12: 12 healthy
Apps     6: 6 healthy
Drift    no drift
`.slice(1),
  )
  assert.equal(exitCode, exitCodes.ok)
})

test('what is not well is said per environment, and exits with 1', async (t) => {
  const hub = await recordedHub(t, { [path]: json(troubledHealth) })
  const { stdout, exitCode } = await runCaptured(['status', '--server', hub.url])
  assert.equal(
    stdout,
    `
Commit a1b2c3d4 in force  as of 2s ago

ENVIRONMENT                        HEALTHY  CURRENT  OTHERWISE
dev          ████████████████████      2/2      2/2  -
staging      █████████████░░░░░░░      2/3      2/3  1 silent
prod         ███████████░░░░░░░░░      5/7      4/7  1 progressing, 1 degraded

Clusters 12: 9 healthy, 1 progressing, 1 degraded, 1 silent
Apps     6: 4 healthy, 1 degraded, 1 progressing
Drift    2 drifted objects (roadstead drift)
`.slice(1),
  )
  assert.equal(exitCode, exitCodes.no)
})

test('a head that does not validate is said first', async (t) => {
  const commit = { inForce, head: newer, headStatus: 'invalid' }
  const hub = await recordedHub(t, { [path]: json({ ...settledHealth, commit }) })
  const { stdout, exitCode } = await runCaptured(['status', '--server', hub.url])
  assert.match(
    stdout,
    /^Commit a1b2c3d4 in force, head ffee0011 does not validate.*\nSee: roadstead commits ffee0011\n/,
  )
  assert.equal(exitCode, exitCodes.no)
})

test('JSON and YAML are the answer as it came', async (t) => {
  const hub = await recordedHub(t, { [path]: json(settledHealth) })
  const asJson = await runCaptured(['status', '--server', hub.url, '-o', 'json'])
  assert.deepEqual(JSON.parse(asJson.stdout), settledHealth)
  const asYaml = await runCaptured(['status', '--server', hub.url, '-o', 'yaml'])
  assert.match(asYaml.stdout, /^commit:\n {2}inForce: a1b2c3d4/)
})

test('--wait goes on until all is healthy, over a hub that is away for a moment', async (t) => {
  const answers = [json(troubledHealth), problem(503, 'unavailable', 'starting'), json(settledHealth)]
  const hub = await recordedHub(t, { [path]: (...args) => answers.shift()?.(...args) })
  const { stdout, stderr, exitCode } = await runCaptured(['status', '--wait', '--server', hub.url])
  assert.equal(exitCode, exitCodes.ok)
  assert.match(stdout, /Clusters 12: 12 healthy/)
  const lines = stderr.split('\n').map((line) => line.replace(/^\S+ \S+ {2}/, ''))
  assert.deepEqual(lines, [
    'waiting for commit a1b2c3d4',
    'dev: 2/2 healthy, 2/2 current',
    'staging: 2/3 healthy, 2/3 current, 1 silent',
    'prod: 5/7 healthy, 4/7 current, 1 progressing, 1 degraded',
    'starting; trying again',
    'staging: 3/3 healthy, 3/3 current',
    'prod: 7/7 healthy, 7/7 current',
    '',
  ])
})

test('--wait does not wait for a head that does not validate', async (t) => {
  const commit = { inForce, head: newer, headStatus: 'invalid' }
  const hub = await recordedHub(t, { [path]: json({ ...settledHealth, commit }) })
  const { exitCode } = await runCaptured(['status', '--wait', '--server', hub.url])
  assert.equal(exitCode, exitCodes.no)
  assert.equal(hub.requests.length, 1)
})

test('--wait ends at its time-out, and shows how far it came', async (t) => {
  const hub = await recordedHub(t, { [path]: json(troubledHealth) })
  const { exitCode, stdout } = await runCaptured(['status', '--wait', '--timeout', '0', '--server', hub.url])
  assert.equal(exitCode, exitCodes.no)
  assert.match(stdout, /1 silent/)
})

test('Ctrl-C ends a wait with 130', async (t) => {
  const interrupt = new AbortController()
  const hub = await recordedHub(t, {
    [path]: (...args) => {
      json(troubledHealth)(...args)
      if (hub.requests.length === 2) interrupt.abort(new DOMException('SIGINT', 'AbortError'))
    },
  })
  const options = { signal: interrupt.signal }
  const { exitCode, stdout } = await runCaptured(['status', '--wait', '--server', hub.url], options)
  assert.equal(exitCode, exitCodes.interrupted)
  assert.equal(stdout, '')
})
