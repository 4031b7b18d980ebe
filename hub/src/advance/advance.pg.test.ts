import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppName, ClusterName } from '@roadstead/proto'
import { app, cluster, configMap, smallFleet } from '../source/testing.ts'
import { type DownPath, startDownPath } from './testing.ts'

async function pushed(path: DownPath, message: string, tree: Record<string, string | null>): Promise<string> {
  const id = await path.work.commit(message, tree)
  const { code, stderr } = await path.work.push()
  assert.equal(code, 0, stderr)
  return id
}

const generations = async ({ database }: DownPath) =>
  Object.fromEntries(
    (await database.selectFrom('assignments').select(['cluster', 'generation']).execute()).map((row) => [
      row.cluster,
      row.generation,
    ]),
  )

const eventTypes = async ({ database }: DownPath) =>
  (await database.selectFrom('events').select('type').orderBy('xid').orderBy('id').execute()).map(
    ({ type }) => type,
  )

test('doing it again does nothing, in the same process and in the next one', async () => {
  await using path = await startDownPath()
  await pushed(path, 'first', smallFleet)
  await path.step()
  const before = await eventTypes(path)
  assert.deepEqual(await path.step(), { kind: 'unchanged' })
  const again = await path.restarted().advance((await path.source.head())!)
  assert.deepEqual(again, { kind: 'in-force', clustersChanged: 0, held: [] })
  assert.deepEqual(await eventTypes(path), before)
  assert.deepEqual(await generations(path), { 'dev-1': 1, 'prod-1': 1 })
})

test('a commit reaches the clusters whose content it changes, and no other', async () => {
  await using path = await startDownPath()
  await pushed(path, 'first', smallFleet)
  await path.step()
  const kustomization = 'resources: [../../base]\ncommonAnnotations: {note: prod}\n'
  const second = await pushed(path, 'second', { 'apps/web/overlays/prod/kustomization.yaml': kustomization })
  assert.deepEqual(await path.step(), { kind: 'in-force', clustersChanged: 1, held: [] })
  assert.deepEqual(await generations(path), { 'dev-1': 1, 'prod-1': 2 })

  const commits = await path.database
    .selectFrom('commits')
    .select(['id', 'status'])
    .orderBy('ordinal')
    .execute()
  assert.deepEqual(
    commits.map(({ status }) => status),
    ['superseded', 'in-force'],
  )
  assert.equal(commits[1]?.id, second)
  // The database's app kept its part, the web's is new.
  const placements = await path.database
    .selectFrom('placements')
    .select(['app', 'since'])
    .where('cluster', '=', 'prod-1' as ClusterName)
    .orderBy('app')
    .execute()
  assert.deepEqual(placements, [
    { app: 'db', since: 1 },
    { app: 'web', since: 2 },
  ])
  const states = await path.database
    .selectFrom('app_environments')
    .select(['app', 'environment', 'commit'])
    .execute()
  assert.deepEqual(
    states.filter((state) => state.commit === second).map((state) => `${state.app} ${state.environment}`),
    ['web prod'],
  )
})

test('a commit that changes no object gives no cluster a new generation', async () => {
  await using path = await startDownPath()
  await pushed(path, 'first', smallFleet)
  await path.step()
  const id = await pushed(path, 'words', {
    'README.md': 'hello\n',
    'apps/web/base/config.yaml': `# a comment\n${configMap('web', 'one')}`,
  })
  assert.deepEqual(await path.step(), { kind: 'in-force', clustersChanged: 0, held: [] })
  assert.deepEqual(await generations(path), { 'dev-1': 1, 'prod-1': 1 })
  const fleet = await path.database.selectFrom('fleet').selectAll().executeTakeFirstOrThrow()
  assert.equal(fleet.in_force, id)
})

test('a refused push is recorded with its problems, and nothing else changes', async () => {
  await using path = await startDownPath()
  const good = await pushed(path, 'first', smallFleet)
  await path.step()
  const bad = await path.work.commit('bad', { 'clusters/dev-1.yaml': 'kind: Cluster\n' })
  assert.notEqual((await path.work.push()).code, 0)
  const row = await path.database
    .selectFrom('commits')
    .selectAll()
    .where('id', '=', bad as never)
    .executeTakeFirstOrThrow()
  assert.equal(row.status, 'rejected')
  assert.deepEqual(row.problems[0], {
    code: 'invalid-field',
    message: 'the field "apiVersion" is missing',
    file: 'clusters/dev-1.yaml',
    line: 1,
    column: 1,
  })
  assert.equal((await eventTypes(path)).at(-1), 'commit.rejected')
  assert.deepEqual(await path.step(), { kind: 'unchanged' })
  const fleet = await path.database.selectFrom('fleet').selectAll().executeTakeFirstOrThrow()
  assert.deepEqual([fleet.head, fleet.in_force], [good, good])
})

test('a cluster that leaves keeps its assignment, and may come back', async () => {
  await using path = await startDownPath()
  await pushed(path, 'first', smallFleet)
  await path.step()
  await pushed(path, 'without', { 'clusters/dev-1.yaml': null })
  await path.step()
  const retired = () =>
    path.database
      .selectFrom('clusters')
      .select('retired_at')
      .where('name', '=', 'dev-1' as ClusterName)
      .executeTakeFirstOrThrow()
  assert.notEqual((await retired()).retired_at, null)
  assert.deepEqual(await generations(path), { 'dev-1': 1, 'prod-1': 1 })
  await pushed(path, 'back', { 'clusters/dev-1.yaml': cluster('dev-1', 'dev', 'core') })
  await path.step()
  assert.equal((await retired()).retired_at, null)
  const types = await eventTypes(path)
  assert.equal(types.filter((type) => type === 'cluster.added').length, 3)
  assert.equal(types.filter((type) => type === 'cluster.retired').length, 1)
})

test('an app that leaves is taken from every cluster and from the tables', async () => {
  await using path = await startDownPath()
  await pushed(path, 'first', { ...smallFleet, ...app('extra', 'description: to go') })
  await path.step()
  await pushed(path, 'without', { 'apps/extra': null })
  await path.step()
  const { database } = path
  const none = await Promise.all([
    database
      .selectFrom('apps')
      .selectAll()
      .where('name', '=', 'extra' as AppName)
      .execute(),
    database
      .selectFrom('app_environments')
      .selectAll()
      .where('app', '=', 'extra' as AppName)
      .execute(),
    database
      .selectFrom('placements')
      .selectAll()
      .where('app', '=', 'extra' as AppName)
      .execute(),
  ])
  assert.deepEqual(none, [[], [], []])
  assert.deepEqual(await generations(path), { 'dev-1': 2, 'prod-1': 2 })
})

test('events tell of a commit, its releases and its assignments, each in its columns', async () => {
  await using path = await startDownPath()
  const id = await pushed(path, 'Open the shop\n\nAt last.', smallFleet)
  await path.step()
  const events = await path.database.selectFrom('events').selectAll().orderBy('xid').orderBy('id').execute()
  const lines = events.map(({ type, environment, cluster: on, app: of, message }) =>
    [type, environment, on, of, message.replace(id.slice(0, 10), 'ID')]
      .filter((part) => part !== null)
      .join(' | '),
  )
  assert.deepEqual(lines, [
    'commit.accepted | ID "Open the shop" by Ada Fleet is in force',
    'cluster.added | dev | dev-1 | dev-1 joined the fleet in dev',
    'cluster.added | prod | prod-1 | prod-1 joined the fleet in prod',
    'release.created | dev | db | db has a new release for dev, of 1 objects',
    'release.created | prod | db | db has a new release for prod, of 1 objects',
    'release.created | dev | web | web has a new release for dev, of 1 objects',
    'release.created | prod | web | web has a new release for prod, of 1 objects',
    'assignment.issued | dev | dev-1 | dev-1 is offered generation 1',
    'assignment.issued | prod | prod-1 | prod-1 is offered generation 1',
  ])
  assert.ok(events.every(({ commit }) => commit === id))
})
