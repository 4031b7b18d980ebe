import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startDownPath } from './testing.ts'

const sampleFleet = fileURLToPath(new URL('../../../deploy/sample-fleet', import.meta.url))

test('a push of the sample fleet gives twelve clusters their assignment', async () => {
  await using path = await startDownPath()
  cpSync(sampleFleet, path.work.directory, { recursive: true })
  const id = await path.work.commit('the fleet')
  const pushed = await path.work.push()
  assert.equal(pushed.code, 0, pushed.stderr)
  assert.match(pushed.stderr, /remote: Accepted \w{10}: 6 apps, 12 clusters, 18 releases changed/)

  const outcome = await path.step()
  assert.deepEqual(outcome, { kind: 'in-force', clustersChanged: 12, held: [] })
  const { database } = path
  const commit = await database.selectFrom('commits').selectAll().executeTakeFirstOrThrow()
  assert.equal(commit.id, id)
  assert.equal(commit.status, 'in-force')
  assert.match(commit.traceparent ?? '', /^00-/)
  const fleet = await database.selectFrom('fleet').selectAll().executeTakeFirstOrThrow()
  assert.deepEqual([fleet.name, fleet.head, fleet.in_force], ['tidewater', id, id])
  const environments = await database.selectFrom('environments').selectAll().orderBy('position').execute()
  assert.deepEqual(environments, [
    { name: 'dev', position: 0, after: [] },
    { name: 'staging', position: 1, after: ['dev'] },
    { name: 'prod', position: 2, after: ['staging'] },
  ])
  const assignments = await database.selectFrom('assignments').selectAll().execute()
  assert.equal(assignments.length, 12)
  assert.ok(assignments.every(({ generation, commit: of }) => generation === 1 && of === id))
  // Everything but the edge cache runs on all twelve, that on the edge clusters.
  const placements = await database.selectFrom('placements').select(['cluster', 'app']).execute()
  const edge = placements.filter(({ app }) => app === 'edge-cache').map(({ cluster }) => cluster)
  assert.deepEqual(edge.sort(), ['dev-edge-1', 'prod-edge-ams-1', 'prod-edge-sfo-1', 'staging-edge-1'])
  assert.equal(placements.length, 5 * 12 + edge.length)
})
