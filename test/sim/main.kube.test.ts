import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from './testing.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

interface Ready {
  readonly clusters: readonly { name: string; url: string; token: string }[]
}

async function host(t: TestContext, args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout), 'line')
  const { clusters } = JSON.parse(line) as Ready
  const exit = once(child, 'exit')
  return { child, clusters, exit }
}

const body = JSON.stringify({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kept' },
  data: { k: 'v' },
})
const headers = { 'content-type': 'application/json' }
const path = '/api/v1/namespaces/default/configmaps'

test('clusters keep their objects over a restart of the process, and end with their parent', async (t) => {
  const folder = temporaryFolder(t)
  const kubeconfig = join(folder, 'kubeconfig')
  const args = [
    '--cluster',
    'a',
    '--cluster',
    'b',
    '--state',
    join(folder, 'state.json'),
    '--kubeconfig',
    kubeconfig,
  ]
  const first = await host(t, args)
  assert.deepEqual(
    first.clusters.map((one) => one.name),
    ['a', 'b'],
  )
  assert.match(readFileSync(kubeconfig, 'utf8'), /current-context: a/)
  const made = await fetch(first.clusters[1]?.url + path, { method: 'POST', headers, body })
  assert.equal(made.status, 201)
  first.child.stdin.end()
  assert.deepEqual(await first.exit, [0, null])

  const second = await host(t, args)
  const kept = await fetch(`${second.clusters[1]?.url}${path}/kept`)
  assert.equal(kept.status, 200)
  assert.equal((await fetch(`${second.clusters[0]?.url}${path}/kept`)).status, 404)
  second.child.kill('SIGTERM')
  assert.deepEqual(await second.exit, [0, null])
})

test('bad arguments are named', async (t) => {
  const child = spawn(process.execPath, [MAIN, '--cluster', 'Bad_Name'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  const chunks: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [code] = await once(child, 'close')
  assert.equal(code, 1)
  assert.match(Buffer.concat(chunks).toString(), /Bad_Name: the name must be a DNS label/)
})
