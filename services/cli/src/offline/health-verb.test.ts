import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { runCaptured } from '../testing/run-captured.ts'

const stream = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
# an empty document
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer}, status: {loadBalancer: {}}}
  - {apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly}, spec: {suspend: true}}
---
just: a map
`

function fileOf(t: TestContext, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'health-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'objects.yaml')
  writeFileSync(path, text)
  return path
}

test('each object has its verdict, in the order of the file and of its Lists', async (t) => {
  const { stdout, exitCode } = await runCaptured(['health', '-f', fileOf(t, stream), '-o', 'json'])
  assert.equal(exitCode, exitCodes.ok)
  assert.deepEqual(JSON.parse(stdout), [
    { status: 'Healthy', reason: '', rule: 'exists' },
    { status: 'Progressing', reason: 'the load balancer has no address yet', rule: 'service' },
    { status: 'Suspended', reason: 'the CronJob is suspended', rule: 'cronjob' },
    { status: 'Unknown', reason: 'not a Kubernetes object: it has no apiVersion or kind', rule: 'none' },
  ])
})

test('a broken object ends it with 1; Pods of the same input say why a workload is', async () => {
  const objects = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { selector: { matchLabels: { app: 'web' } } },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-1', namespace: 'shop', labels: { app: 'web' } },
      status: {
        phase: 'Pending',
        containerStatuses: [{ name: 'web', state: { waiting: { reason: 'ImagePullBackOff' } } }],
      },
    },
  ]
  const stdin = Readable.from([JSON.stringify(objects)])
  const { stdout, exitCode } = await runCaptured(['health', '-f', '-'], { stdin, to: 'pipe' })
  assert.equal(exitCode, exitCodes.no)
  assert.match(
    stdout,
    /^apps\/Deployment shop\/web +Degraded +deployment\/pod +Pod web-1: .*ImagePullBackOff/m,
  )
})

test('what is not there, and what is no YAML, is told apart', async (t) => {
  const absent = await runCaptured(['health', '-f', '/nowhere.yaml'])
  assert.equal(absent.exitCode, exitCodes.usage)
  const broken = fileOf(t, 'kind: ConfigMap\n  name: a\n')
  const { stderr, exitCode } = await runCaptured(['health', '-f', broken])
  assert.equal(exitCode, exitCodes.no)
  assert.match(stderr.replaceAll('\n', ' '), /objects\.yaml:1:\d+: /)
})
