import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppName, ClusterName, Digest } from '@roadstead/proto'
import { app, cluster, configMap, smallFleet } from '../source/testing.ts'
import { type DownPath, startDownPath } from './testing.ts'

/** Brings a commit into the repository as a remote's branch would come: it can not be refused any more. */
async function arrived(
  path: DownPath,
  message: string,
  tree: Record<string, string | null>,
): Promise<string> {
  const id = await path.work.commit(message, tree)
  await path.work.git('-C', path.repository, 'fetch', '--quiet', path.work.directory, '+HEAD:refs/heads/main')
  return id
}

async function releaseOn({ database }: DownPath, name: string, of: string): Promise<Digest | undefined> {
  const row = await database
    .selectFrom('placements')
    .select('release')
    .where('cluster', '=', name as ClusterName)
    .where('app', '=', of as AppName)
    .executeTakeFirst()
  return row?.release
}

test('an invalid head is recorded, and what was in force stays until it is mended', async () => {
  await using path = await startDownPath()
  const good = await arrived(path, 'good', smallFleet)
  await path.step()
  const bad = await arrived(path, 'bad', { 'clusters/dev-1.yaml': cluster('dev-1', 'nowhere', 'core') })
  const outcome = await path.step()
  assert.equal(outcome.kind, 'invalid')
  const fleet = () => path.database.selectFrom('fleet').selectAll().executeTakeFirstOrThrow()
  assert.deepEqual([(await fleet()).head, (await fleet()).in_force], [bad, good])
  const row = await path.database
    .selectFrom('commits')
    .selectAll()
    .where('id', '=', bad as never)
    .executeTakeFirstOrThrow()
  assert.equal(row.status, 'invalid')
  assert.deepEqual(
    row.problems.map(({ code, file, line, column }) => ({ code, file, line, column })),
    [{ code: 'invalid-reference', file: 'clusters/dev-1.yaml', line: 8, column: 16 }],
  )
  const before = await path.database
    .selectFrom('commits')
    .selectAll()
    .where('id', '=', good as never)
    .executeTakeFirstOrThrow()
  assert.equal(before.status, 'in-force')

  const mended = await arrived(path, 'mended', { 'clusters/dev-1.yaml': cluster('dev-1', 'dev', 'core') })
  assert.equal((await path.step()).kind, 'in-force')
  assert.deepEqual([(await fleet()).head, (await fleet()).in_force], [mended, mended])
})

test('a first head that is invalid leaves nothing in force', async () => {
  await using path = await startDownPath()
  const bad = await arrived(path, 'bad', { 'README.md': 'no fleet yet\n' })
  assert.equal((await path.step()).kind, 'invalid')
  const fleet = await path.database.selectFrom('fleet').selectAll().executeTakeFirstOrThrow()
  assert.deepEqual([fleet.head, fleet.in_force], [bad, null])
})

test('an app that does not render is held back where it does not, and only there', async () => {
  await using path = await startDownPath()
  const good = await arrived(path, 'good', smallFleet)
  await path.step()
  const [oldDev, oldProd] = [await releaseOn(path, 'dev-1', 'web'), await releaseOn(path, 'prod-1', 'web')]
  await arrived(path, 'bad', {
    'apps/web/base/config.yaml': configMap('web', 'two'),
    'apps/web/overlays/prod/kustomization.yaml': 'resources: [../../base]\nnamePrefx: x-\n',
    'apps/db/base/config.yaml': configMap('db', 'two'),
  })
  const outcome = await path.step()
  assert.ok(outcome.kind === 'in-force')
  assert.deepEqual(
    outcome.held.map(({ app: of, environment }) => `${of} ${environment}`),
    ['web prod'],
  )
  assert.equal(outcome.clustersChanged, 2)
  assert.notEqual(await releaseOn(path, 'dev-1', 'web'), oldDev)
  assert.equal(await releaseOn(path, 'prod-1', 'web'), oldProd)

  const state = await path.database
    .selectFrom('app_environments')
    .selectAll()
    .where('app', '=', 'web' as AppName)
    .where('environment', '=', 'prod' as never)
    .executeTakeFirstOrThrow()
  assert.deepEqual([state.commit, state.release], [good, oldProd])
  assert.deepEqual(
    state.problems.map(({ file, line, app: of, environment }) => [file, line, of, environment]),
    [['apps/web/overlays/prod/kustomization.yaml', 2, 'web', 'prod']],
  )
  const held = await path.database.selectFrom('events').selectAll().where('type', '=', 'app.held').execute()
  assert.deepEqual(
    held.map((event) => [event.app, event.environment]),
    [['web', 'prod']],
  )

  // The next commit mends it; nobody is told twice in between.
  await path.restarted().advance((await path.source.head())!)
  await arrived(path, 'mended', { 'apps/web/overlays/prod/kustomization.yaml': 'resources: [../../base]\n' })
  assert.deepEqual(await path.step(), { kind: 'in-force', clustersChanged: 1, held: [] })
  assert.notEqual(await releaseOn(path, 'prod-1', 'web'), oldProd)
  const types = (await path.database.selectFrom('events').select('type').execute()).map(({ type }) => type)
  assert.equal(types.filter((type) => type === 'app.held').length, 1)
  assert.equal(types.filter((type) => type === 'app.released').length, 1)
})

test('an app that is held back stays on every cluster as it is, whatever its overlays are named now', async () => {
  await using path = await startDownPath()
  const variant = (directory: string) => `apps/web/overlays/prod/clusters/${directory}/kustomization.yaml`
  const forProd1 = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: prod-1-\n'
  await arrived(path, 'good', { ...smallFleet, 'clusters/prod-2.yaml': cluster('prod-2', 'prod', 'edge') })
  await path.step()
  const plain = await releaseOn(path, 'prod-1', 'web')
  const broken = { 'apps/web/overlays/prod/kustomization.yaml': 'resources: [../../base]\nnamePrefx: x-\n' }
  await arrived(path, 'a first overlay for one cluster, and a fault', {
    ...broken,
    [variant('prod-1')]: forProd1,
  })
  const outcome = await path.step()
  assert.ok(outcome.kind === 'in-force')
  assert.deepEqual([outcome.held.length, outcome.clustersChanged], [1, 0])
  assert.equal(await releaseOn(path, 'prod-1', 'web'), plain)

  await arrived(path, 'mended', { 'apps/web/overlays/prod/kustomization.yaml': 'resources: [../../base]\n' })
  await path.step()
  const own = await releaseOn(path, 'prod-1', 'web')
  assert.notEqual(own, plain)
  await arrived(path, 'the overlay goes, and the fault is back', { ...broken, [variant('prod-1')]: null })
  await path.step()
  assert.equal(await releaseOn(path, 'prod-1', 'web'), own)
  assert.equal(await releaseOn(path, 'prod-2', 'web'), plain)
})

test('a cluster that moves to where its app is held back keeps what it has', async () => {
  await using path = await startDownPath()
  const broken = 'resources: [../../base]\nnamePrefx: x-\n'
  await arrived(path, 'good', { ...smallFleet, 'apps/web/overlays/dev/kustomization.yaml': broken })
  await path.step()
  const old = await releaseOn(path, 'prod-1', 'web')
  assert.notEqual(old, undefined)
  await arrived(path, 'moves', { 'clusters/prod-1.yaml': cluster('prod-1', 'dev', 'edge') })
  await path.step()
  assert.equal(await releaseOn(path, 'prod-1', 'web'), old)
})

test('an app that never rendered is not placed; the others are', async () => {
  await using path = await startDownPath()
  await arrived(path, 'first', { ...smallFleet, 'apps/web/base/config.yaml': 'kind: [\n' })
  const outcome = await path.step()
  assert.ok(outcome.kind === 'in-force')
  assert.equal(outcome.held.length, 2)
  assert.equal(await releaseOn(path, 'dev-1', 'web'), undefined)
  assert.notEqual(await releaseOn(path, 'dev-1', 'db'), undefined)
})

test('an app whose variable is missing on a cluster is held back in that environment', async () => {
  await using path = await startDownPath()
  await arrived(path, 'good', smallFleet)
  await path.step()
  const old = await releaseOn(path, 'prod-1', 'web')
  await arrived(path, 'variable', {
    'apps/web/base/config.yaml': configMap('web', '${vars.size}'),
    'clusters/dev-1.yaml': `${cluster('dev-1', 'dev', 'core')}    size: 3\n`,
  })
  const outcome = await path.step()
  assert.ok(outcome.kind === 'in-force')
  assert.deepEqual(
    outcome.held.map(({ app: of, environment, problems }) => [of, environment, problems[0]?.code]),
    [['web', 'prod', 'undefined-variable']],
  )
  assert.equal(await releaseOn(path, 'prod-1', 'web'), old)
})

test('an object of two apps holds back the commit', async () => {
  await using path = await startDownPath()
  const good = await arrived(path, 'good', smallFleet)
  await path.step()
  await arrived(path, 'twice', app('db', 'description: x'))
  await path.step()
  await arrived(path, 'twice', { 'apps/db/base/config.yaml': configMap('web', 'mine') })
  const outcome = await path.step()
  assert.ok(outcome.kind === 'invalid')
  assert.deepEqual(
    outcome.problems.map(({ code }) => code),
    ['ownership-conflict'],
  )
  const fleet = await path.database.selectFrom('fleet').selectAll().executeTakeFirstOrThrow()
  assert.notEqual(fleet.head, fleet.in_force)
  assert.notEqual(fleet.in_force, good)
})

test('a push is not refused for a fault that the head has already', async () => {
  await using path = await startDownPath()
  await arrived(path, 'bad', { ...smallFleet, 'apps/web/base/config.yaml': 'kind: [\n' })
  await path.step()
  await path.work.commit('another app', { 'apps/db/base/config.yaml': configMap('db', 'two') })
  const { code, stderr } = await path.work.push()
  assert.equal(code, 0, stderr)
  assert.match(stderr, /2 releases changed, still held back: web in dev, web in prod/)
})
