import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { type ClusterName, createSigner, encodeAssignment, trustKeys } from '@roadstead/proto'
import fc from 'fast-check'
import { assignmentOf } from '../testing/broker.ts'
import { judge } from './judge.ts'

const cluster = 'here' as ClusterName
const signer = createSigner(
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
)
const beliefs = { cluster, trusted: trustKeys([signer.publicKey]), acceptedGeneration: 5 }
const digest = `sha256:${'a'.repeat(64)}`
const app = {
  app: 'web',
  since: 1,
  release: digest,
  releaseBytes: 1,
  releaseKey: 'k'.repeat(80),
  dependsOn: [],
  policy: { drift: {}, prune: {}, health: {} },
}

const sealed = (generation: number, apps: unknown[] = [app], name: ClusterName = cluster) =>
  signer.seal('assignment', encodeAssignment(assignmentOf(name, { generation, apps: [] }, apps as never)))

test('a newer genuine assignment is accepted', () => {
  assert.equal(judge(sealed(6), beliefs).verdict, 'accept')
})

test('the one that is accepted already is known', () => {
  assert.equal(judge(sealed(5), beliefs).verdict, 'known')
})

test('an older one is refused, and is what a lagging replica sends', () => {
  const judgement = judge(sealed(4), beliefs)
  assert.equal(judgement.verdict === 'refuse' && judgement.error.code, 'stale-generation')
  assert.equal(judgement.verdict === 'refuse' && judgement.error.retry, 'superseded')
})

test('an app that is listed twice is refused', () => {
  const judgement = judge(sealed(6, [app, app]), beliefs)
  assert.equal(judgement.verdict === 'refuse' && judgement.error.code, 'undecodable')
})

test('a refusal names the generation only if the message claims to be for this cluster', () => {
  const genuine = Buffer.from(sealed(6))
  const broken = Buffer.concat([genuine.subarray(0, -1), Buffer.from(' ')])
  const forged = Buffer.from(
    genuine.toString('latin1').replace('"allowEmpty":false', '"allowEmpty":true '),
    'latin1',
  )
  for (const [message, generation] of [
    [broken, undefined],
    [forged, 6],
    [sealed(6, [app], 'there' as ClusterName), undefined],
  ] as const) {
    const judgement = judge(message, beliefs)
    assert.equal(judgement.verdict, 'refuse')
    assert.equal(judgement.verdict === 'refuse' && judgement.generation, generation)
  }
})

test('no bytes whatever make it throw or accept', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(judge(bytes, beliefs).verdict, 'refuse')
    }),
  )
})

test('no change of one byte of a genuine assignment is accepted', () => {
  const genuine = sealed(6)
  fc.assert(
    fc.property(fc.nat(genuine.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
      const changed = Uint8Array.from(genuine)
      changed[index] = changed[index]! ^ change
      assert.equal(judge(changed, beliefs).verdict, 'refuse')
    }),
  )
})
