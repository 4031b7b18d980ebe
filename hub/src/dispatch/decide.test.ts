import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type AppName,
  type AssignmentContent,
  type ClusterName,
  type CommitId,
  contentDigest,
  type Digest,
  type EnvironmentName,
  policyDefaults,
} from '@roadstead/proto'
import { changedContents, contentOf, nextAssignment, type Stamp } from './decide.ts'

const cluster = 'dev-1' as ClusterName
const digest = (digit: string) => `sha256:${digit.repeat(64)}` as Digest
const stamp: Stamp = { commit: 'c'.repeat(40) as CommitId, issuedAtMs: Date.UTC(2026, 0, 1) }

const app = (name: string, release = 'a') => ({
  app: name as AppName,
  release: digest(release),
  releaseBytes: 100,
  dependsOn: [],
  policy: { drift: {}, prune: {}, health: { deadlineSeconds: policyDefaults.health.deadlineSeconds } },
})

const content = (changes: Partial<AssignmentContent> = {}): AssignmentContent => ({
  cluster,
  environment: 'dev' as EnvironmentName,
  labels: { region: 'eu' },
  variables: { replicas: 2 },
  allowEmpty: false,
  apps: [app('web'), app('api')],
  deletionApprovals: [],
  ...changes,
})

const change = (next: AssignmentContent, generation: number) => ({
  cluster,
  content: next,
  contentDigest: contentDigest(next),
  generation,
})
const wrapKey = (cluster: ClusterName, release: Digest) => `${release} for ${cluster}`
const first = nextAssignment(change(content(), 1), undefined, stamp, wrapKey)
const nextOf = (next: AssignmentContent) => nextAssignment(change(next, 2), first, stamp, wrapKey)
const sinceOf = (next: AssignmentContent) =>
  Object.fromEntries(nextOf(next).apps.map(({ app, since }) => [app, since]))

describe('the clusters whose content changed', () => {
  const standing = { contentDigest: contentDigest(content()), generation: 7 }

  test('are those whose digest differs, each with its next generation', () => {
    const other = content({ cluster: 'dev-2' as ClusterName })
    const contents = new Map([
      [cluster, content()],
      [other.cluster, other],
    ])
    const standings = new Map([
      [cluster, standing],
      [other.cluster, { contentDigest: digest('f'), generation: 3 }],
    ])
    const changes = changedContents(contents, standings)
    assert.deepEqual(
      changes.map(({ cluster, generation }) => [cluster, generation]),
      [['dev-2', 4]],
    )
  })

  test('start at generation 1, or above what an agent says it has', () => {
    const contents = new Map([[cluster, content()]])
    assert.equal(changedContents(contents, new Map())[0]?.generation, 1)
    assert.equal(changedContents(contents, new Map([[cluster, { generation: 41 }]]))[0]?.generation, 42)
  })
})

describe('an app in the next assignment', () => {
  test('keeps its generation when its part is the same, and takes the new one when it is not', () => {
    assert.deepEqual(sinceOf(content({ apps: [app('web'), app('api', 'b')] })), { web: 1, api: 2 })
    assert.deepEqual(sinceOf(content({ apps: [app('api'), app('web'), app('new')] })), {
      api: 1,
      web: 1,
      new: 2,
    })
  })

  test('keeps it when only approvals or the permission to be empty changed', () => {
    const approval = { app: 'web' as AppName, maxObjects: 3 }
    assert.deepEqual(sinceOf(content({ allowEmpty: true, deletionApprovals: [approval] })), {
      web: 1,
      api: 1,
    })
  })

  test('carries the key of its release, for its cluster', () => {
    for (const { release, releaseKey } of nextOf(content({ apps: [app('web'), app('api', 'b')] })).apps) {
      assert.equal(releaseKey, `${release} for ${cluster}`)
    }
  })

  for (const scope of [
    { labels: { region: 'us' } },
    { variables: { replicas: 3 } },
    { environment: 'prod' as EnvironmentName },
  ]) {
    test(`takes the new one when variables may have new values: ${Object.keys(scope)[0]}`, () => {
      assert.deepEqual(sinceOf(content(scope)), { web: 2, api: 2 })
    })
  }
})

test('the content of an assignment is what it was made of', () => {
  assert.deepEqual(contentOf(first), content())
  assert.equal(contentDigest(contentOf(first)), contentDigest(content()))
})
