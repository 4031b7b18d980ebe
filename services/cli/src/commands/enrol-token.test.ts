import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { json, recordedHub } from '../testing/recorded-hub.ts'
import { runCaptured } from '../testing/run-captured.ts'

test('the token stands alone on standard output, what it is for on standard error', async (t) => {
  const expiresAt = '2026-11-20T13:00:00.000Z'
  const hub = await recordedHub(t, {
    'POST /v1/clusters/prod-eu-west-1/enrolment-tokens': json({ token: 'rst_abc', expiresAt }, 201),
  })
  const { stdout, stderr, exitCode } = await runCaptured([
    'enrol-token',
    'prod-eu-west-1',
    '--server',
    hub.url,
  ])
  assert.equal(stdout, 'rst_abc\n')
  assert.match(stderr, /^For one enrolment of prod-eu-west-1, until 2026-11-20 \d\d:00:00\.\n$/)
  assert.equal(exitCode, exitCodes.ok)
})
