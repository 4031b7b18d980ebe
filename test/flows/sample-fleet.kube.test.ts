import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from '../harness/index.ts'
import { startWorld } from './world/index.ts'

const directory = fileURLToPath(new URL('../../deploy/sample-fleet/', import.meta.url))

function sampleFleet(): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  return Object.fromEntries(files.map((file) => [file.slice(directory.length), readFileSync(file, 'utf8')]))
}

test('the sample fleet becomes healthy on its twelve clusters', async () => {
  await using world = await startWorld({ settleDeadlineMs: 60_000 })
  const commit = await world.push('Import the sample fleet', sampleFleet())
  const names: string[] = await until(async () => {
    const { items } = await world.hub.get('/v1/clusters')
    return items.length === 12 && items.map(({ name }: { name: string }) => name)
  })
  await Promise.all(names.map((name) => world.join(name)))
  await world.settled(commit)

  const health = await world.hub.get('/v1/fleet/health')
  assert.equal(health.clusters.healthy, 12)
  assert.equal(health.apps.healthy, health.apps.total)
  assert.equal(health.drift.open, 0)
  const apps = await world.hub.get('/v1/apps')
  assert.deepEqual(
    apps.items.map(({ name, status }: { name: string; status: string }) => [name, status]),
    ['catalog-api', 'catalog-db', 'edge-cache', 'feature-flags', 'order-mailer', 'storefront'].map((name) => [
      name,
      'healthy',
    ]),
  )
})
