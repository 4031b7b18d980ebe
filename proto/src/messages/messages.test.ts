import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { codeOf } from '../errors.ts'
import type { AppName, ClusterName, CommitId, Digest, EnvironmentName } from '../ids.ts'
import { limits } from '../limits.ts'
import { decodeAsk } from './ask.ts'
import { type Assignment, contentDigest, decodeAssignment, encodeAssignment } from './assignment.ts'
import { decodeHeartbeat, stateDigest } from './heartbeat.ts'
import { chunksOf, decodeRelease, encodeRelease } from './release.ts'
import { decodeReport, encodeReport, type Report } from './report.ts'

const assignment: Assignment = {
  cluster: 'eu-1' as ClusterName,
  generation: 7,
  commit: '0123456789abcdef0123456789abcdef01234567' as CommitId,
  issuedAt: '2026-01-02T03:04:05.678Z',
  environment: 'prod' as EnvironmentName,
  labels: { region: 'eu' },
  variables: { replicas: 3 },
  allowEmpty: false,
  apps: [
    {
      app: 'web' as AppName,
      since: 6,
      release: `sha256:${'a'.repeat(64)}` as Digest,
      releaseBytes: 1200,
      releaseKey: 'k'.repeat(80),
      dependsOn: [],
      policy: { drift: { policy: 'correct' }, prune: {}, health: {} },
    },
  ],
  deletionApprovals: [],
}

const receipt: Report = {
  kind: 'receipt',
  boot: 1,
  seq: 1,
  at: '2026-01-02T03:04:05.678Z',
  generation: 7,
  accepted: true,
}

const decoders = { decodeAssignment, decodeReport, decodeHeartbeat, decodeAsk }

describe('messages', () => {
  test('an assignment and a report survive the way', () => {
    assert.deepEqual(decodeAssignment(encodeAssignment(assignment)), assignment)
    assert.deepEqual(decodeReport(encodeReport(receipt)), receipt)
  })

  test('a member that is not known yet is dropped, a known one with the wrong shape refused', () => {
    assert.deepEqual(decodeReport(Buffer.from(JSON.stringify({ ...receipt, newer: 1 }))), receipt)
    for (const change of [{ generation: 0 }, { generation: '7' }, { at: 'yesterday' }, { kind: 'other' }]) {
      assert.throws(() => decodeReport(Buffer.from(JSON.stringify({ ...receipt, ...change }))), /malformed/)
    }
  })

  test('a name that could leave its subject or its folder is refused', () => {
    for (const cluster of ['a.b', '>', '*', '../x', 'A', '', 'x'.repeat(64)]) {
      assert.throws(() =>
        decodeAssignment(encodeAssignment({ ...assignment, cluster: cluster as ClusterName })),
      )
    }
  })

  test('whatever arrives, a decoder answers or throws an error with a code', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.nat(400).map((length) => Buffer.from(encodeAssignment(assignment)).subarray(0, length)),
    )
    for (const [name, decode] of Object.entries(decoders)) {
      fc.assert(
        fc.property(anything, (bytes) => {
          try {
            decode(bytes)
          } catch (error) {
            assert.equal(codeOf(error), 'undecodable', name)
          }
        }),
      )
    }
  })

  test('a message over its limit is refused before it is read', () => {
    const huge = Buffer.alloc(limits.heartbeatBytes + 1, '[')
    assert.throws(
      () => decodeHeartbeat(huge),
      (error) => codeOf(error) === 'too-large',
    )
  })

  test('only the content of an assignment decides whether it is new', () => {
    const { generation: _, commit: __, issuedAt: ___, ...content } = assignment
    const parts = content.apps.map(({ since: _since, releaseKey: _key, ...app }) => app)
    const unstamped = { ...content, apps: parts }
    assert.equal(contentDigest(unstamped), contentDigest({ ...unstamped, labels: { region: 'eu' } }))
    assert.notEqual(contentDigest(unstamped), contentDigest({ ...unstamped, labels: { region: 'us' } }))
  })
})

describe('a release', () => {
  const release = {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a' },
        data: { text: 'x'.repeat(1000) },
      },
    ],
  }

  test('is named by its content and comes back whole through its chunks', async () => {
    const encoded = await encodeRelease(release)
    const joined = Buffer.concat(chunksOf(encoded.compressed))
    assert.deepEqual(await decodeRelease(encoded.digest, joined), release)
  })

  test('is refused when its bytes are not those of its name', async () => {
    const encoded = await encodeRelease(release)
    const other = await encodeRelease({ objects: [] })
    await assert.rejects(
      decodeRelease(other.digest, encoded.compressed),
      (e) => codeOf(e) === 'digest-mismatch',
    )
    await assert.rejects(
      decodeRelease(encoded.digest, encoded.compressed.subarray(0, 40)),
      (e) => codeOf(e) === 'undecodable',
    )
  })
})

test('the state digest sees each fact, and not the order of the apps', () => {
  const web = {
    app: 'web',
    phase: 'applied' as const,
    release: 'r',
    accepted: 2,
    applied: 2,
    health: 'Healthy',
    drifted: 0,
  }
  const api = { ...web, app: 'api' }
  assert.equal(stateDigest([web, api]), stateDigest([api, web]))
  assert.equal(stateDigest([web, { ...api, phase: 'removed' }]), stateDigest([web]))
  for (const change of [
    { health: 'Degraded' },
    { applied: 3 },
    { drifted: 1 },
    { healthy: 2 },
    { release: 'q' },
  ]) {
    assert.notEqual(stateDigest([{ ...web, ...change }]), stateDigest([web]), JSON.stringify(change))
  }
})
