/**
 * What a hostile agent reads of another cluster's releases: it has learned their digest, or asked a server
 * before 2.10 with a wildcard, so the broker hands it their bytes. They say nothing to it.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type AssignedApp,
  type ClusterName,
  codeOf,
  type Digest,
  decodeAssignment,
  decodeRelease,
  decryptRelease,
  directGetReleaseChunk,
  openSeal,
  trustKeys,
  unwrapReleaseKey,
} from '@roadstead/proto'
import { findNatsServers } from '../harness/index.ts'
import { mine, other, password, type Stage, setTheStage } from './hostile/stage.ts'

for (const { path: binary, version } of await findNatsServers()) {
  describe(`another's release at a broker of version ${version}`, () => {
    let stage: Stage
    before(async () => {
      stage = await setTheStage(binary)
      await stage.assign(mine, 1)
      await stage.assign(other, 1)
    })
    after(() => stage?.[Symbol.asyncDispose]())

    /** A release as the broker hands it to the attacker, who knows its digest. */
    const bytesOf = async (release: Digest): Promise<Uint8Array> =>
      (await stage.attacker.connection.request(directGetReleaseChunk(release, 0))).data
    /** The one app of a cluster's assignment, as the hub sees it. */
    const appOf = async (cluster: ClusterName): Promise<AssignedApp> => {
      const { bytes } = await stage.stored(cluster)
      const trusted = trustKeys([stage.operator.signer.publicKey])
      const [app] = decodeAssignment(openSeal('assignment', bytes, trusted)).apps
      assert.ok(app)
      return app
    }
    const holder = (cluster: ClusterName) => ({
      cluster,
      clusterKey: stage.operator.releaseKeys.clusterKey(cluster),
    })
    /** What the rightful agent of a cluster does with what it is assigned. */
    const read = async (cluster: ClusterName) => {
      const { release, releaseKey } = await appOf(cluster)
      const key = unwrapReleaseKey(holder(cluster), release, releaseKey)
      return decodeRelease(release, decryptRelease(key, release, await bytesOf(release)))
    }
    const encoded = Buffer.from(password).toString('base64')

    test('opens for the agent whose cluster is assigned it, out of the same bytes', async () => {
      assert.equal((await appOf(other)).release, stage.secret)
      const [secret] = (await read(other)).objects
      assert.deepEqual(secret?.data, { password: encoded })
      assert.equal((await read(mine)).objects[0]?.metadata.name, 'known')
    })

    test('opens with nothing that the attacker has, nor with what it could be told', async () => {
      const bytes = await bytesOf(stage.secret)
      const own = await appOf(mine)
      const ownKey = unwrapReleaseKey(holder(mine), own.release, own.releaseKey)
      // More than it can have: the broker shows nobody another's assignment.
      const leaked = await appOf(other)
      const { clusterKey } = holder(mine)
      for (const attempt of [
        () => unwrapReleaseKey({ cluster: mine, clusterKey }, stage.secret, leaked.releaseKey),
        () => unwrapReleaseKey({ cluster: other, clusterKey }, stage.secret, leaked.releaseKey),
        () => unwrapReleaseKey({ cluster: mine, clusterKey }, stage.secret, own.releaseKey),
        () => decryptRelease(ownKey, stage.secret, bytes),
        () => decryptRelease(ownKey, own.release, bytes),
        () => decryptRelease(Buffer.from(clusterKey, 'base64url'), stage.secret, bytes),
      ]) {
        assert.throws(attempt, (error) => codeOf(error) === 'undecryptable')
      }
    })

    test('is neither plain nor merely compressed at the broker', async () => {
      const bytes = Buffer.from(await bytesOf(stage.secret))
      await assert.rejects(decodeRelease(stage.secret, bytes), (error) => codeOf(error) === 'undecodable')
      for (const text of [password, encoded, 'Secret']) assert.ok(!bytes.includes(text), text)
    })
  })
}
