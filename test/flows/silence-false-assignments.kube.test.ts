import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { type Assignment, createSigner, encodeAssignment } from '@roadstead/proto'
import { until } from '../harness/index.ts'
import {
  configMap,
  configMaps,
  forgerOf,
  launch,
  managedObjects,
  see,
  smallFleet,
  startWorld,
} from './world/index.ts'

const stranger = createSigner(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
)

test('a false assignment at the broker removes nothing, is refused for what it is, and keeps out no true one', async (t) => {
  await using world = await startWorld()
  const clusters = { 'dev-1': 'dev', 'dev-2': 'dev' }
  const fleet = { clusters, apps: { web: configMaps('web', 3), other: configMap('other', {}) } }
  const { members } = await launch(world, fleet)
  const { cluster, agent } = members['dev-1']
  const second = { ...fleet, apps: { ...fleet.apps, other: configMap('other', { second: 'generation' }) } }
  await world.settled(await world.push('Go on', smallFleet(second)))
  const before = managedObjects(cluster)
  const forger = await forgerOf(world, 'dev-1')
  const genuine = await forger.stored()
  const assignment = await forger.assignment()
  const { generation } = assignment
  const { signer } = world.operator
  cluster.counters.reset()

  const emptied = (change: Partial<Assignment> = {}) =>
    encodeAssignment({ ...assignment, generation: generation + 1, allowEmpty: true, apps: [], ...change })
  const sealed = Buffer.from(signer.seal('assignment', emptied({ allowEmpty: false })))
  const tampered = Buffer.from(
    sealed.toString('latin1').replace('"allowEmpty":false', '"allowEmpty":true '),
    'latin1',
  )
  const cases = [
    { name: 'nothing at all', code: 'undecodable', bytes: Buffer.alloc(0), told: false },
    { name: 'one without a signature', code: 'undecodable', bytes: emptied(), told: true },
    {
      name: 'one that a stranger signed',
      code: 'unknown-key',
      bytes: stranger.seal('assignment', emptied()),
      told: true,
    },
    { name: 'one that was changed after it was signed', code: 'bad-signature', bytes: tampered, told: true },
    { name: 'one that was cut short', code: 'bad-signature', bytes: genuine.subarray(0, -20), told: false },
    {
      name: 'the genuine one of another cluster',
      code: 'wrong-cluster',
      bytes: await (await forgerOf(world, 'dev-2')).stored(),
      told: false,
    },
    {
      name: 'an older genuine one',
      code: 'stale-generation',
      bytes: signer.seal('assignment', emptied({ generation: generation - 1 })),
      told: false,
    },
    {
      name: 'a genuine one without apps that does not say it means to',
      code: 'empty-assignment',
      bytes: sealed,
      told: true,
    },
  ]
  for (const { name, code, bytes, told } of cases) {
    await t.test(name, async () => {
      const count = () => agent.counts.get(`assignment.refused/${code}`) ?? 0
      const refused = count()
      await forger.store(bytes)
      await until(() => count() > refused)
      assert.deepEqual(managedObjects(cluster), before)
      // What claims to be the next generation of this cluster is told to the hub as well.
      if (!told) return
      const event = await until(async () => {
        const events = await see(world).events('assignment.refused')
        return events.find(({ data }) => data.code === code)
      })
      assert.equal(event.cluster, 'dev-1')
      assert.equal(event.data.generation, generation + 1)
    })
  }
  assert.equal(cluster.counters.total('delete'), 0)

  await t.test('a commit that drops an object then removes exactly that one', async () => {
    const fewer = { ...second, apps: { ...second.apps, web: configMaps('web', 2) } }
    await world.settled(await world.push('Drop web-2', smallFleet(fewer)))
    const { 'ConfigMap/web-2': dropped, ...kept } = before
    assert.ok(dropped)
    assert.deepEqual(managedObjects(cluster), kept)
  })
})
