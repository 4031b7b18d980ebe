import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { commits } from '../testing/details.ts'
import { inForce, newer, settledHealth, troubledHealth } from '../testing/fleet.ts'
import { json, problem, recordedHub } from '../testing/recorded-hub.ts'
import { memoryOutput, runCaptured } from '../testing/run-captured.ts'

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

Clusters    12: 12 healthy
Placements  64: 64 healthy
Drift       no drift
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

Clusters    12: 9 healthy, 1 progressing, 1 degraded, 1 silent
Placements  64: 57 healthy, 1 progressing, 1 degraded, 5 silent
Drift       2 drifted objects (roadstead drift)
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
  assert.match(stdout, /Clusters {4}12: 12 healthy/)
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

test('an app that is held back is not well, and waiting does not help', async (t) => {
  const [dev, ...others] = settledHealth.environments
  const held = { ...settledHealth, environments: [{ ...dev!, heldApps: 1 }, ...others] }
  const hub = await recordedHub(t, { [path]: json(held) })
  const { stdout, exitCode } = await runCaptured(['status', '--wait', '--server', hub.url])
  assert.match(stdout, /^dev .* 2\/2 +2\/2 {2}1 app held back$/m)
  assert.equal(exitCode, exitCodes.no)
  assert.equal(hub.requests.length, 1)
})

test('--commit is not satisfied by the commit before it', async (t) => {
  const unseen = problem(404, 'not-found', 'there is no such commit')
  const answers = [unseen, json({ ...commits[1], id: newer })]
  const hub = await recordedHub(t, {
    [path]: json(settledHealth),
    [`GET /v1/commits/${newer}`]: (...args) => answers.shift()?.(...args),
  })
  const { exitCode } = await runCaptured(['status', '--commit', newer, '--server', hub.url])
  assert.equal(exitCode, exitCodes.ok)
  assert.equal(hub.requests.length, 4)
})

test('--commit ends at once when the hub refused it, and says why', async (t) => {
  const hub = await recordedHub(t, {
    [path]: json(settledHealth),
    [`GET /v1/commits/${newer}`]: json(commits[0]),
  })
  const { exitCode, stderr } = await runCaptured(['status', '--commit', newer, '--server', hub.url])
  assert.equal(exitCode, exitCodes.no)
  assert.match(stderr, /refused the commit ffee0011.*apps\/storefront\/app\.yaml:8:3: unknown field/)
})

test('--commit that never comes ends at the time-out with its name', async (t) => {
  const hub = await recordedHub(t, { [path]: json(settledHealth) })
  const args = ['status', '--commit', newer, '--timeout', '0', '--server', hub.url]
  const { exitCode, stderr } = await runCaptured(args)
  assert.equal(exitCode, exitCodes.no)
  assert.match(stderr, /has not seen the commit ffee0011/)
})

test('on a terminal the wait is a bar for each environment, and leaves nothing behind', async (t) => {
  const answers = [json(troubledHealth), json(settledHealth)]
  const hub = await recordedHub(t, { [path]: (...args) => answers.shift()?.(...args) })
  const stderr = memoryOutput(true)
  await runCaptured(['status', '--wait', '--server', hub.url], { stderr: stderr.output })
  const drawn = stderr.text()
  assert.match(drawn, /prod +███████████░░░░░░░░░ +4\/7 {2}1 progressing, 1 degraded/)
  assert.match(drawn, /waiting for commit a1b2c3d4, 0s/)
  // What was drawn last, three bars and a line, is erased again.
  const after = drawn.slice(drawn.lastIndexOf('waiting for'))
  assert.ok(after.split('\u001b[2K').length > 4)
})
