import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClusterName, type Digest, limits } from '@roadstead/proto'
import { compare } from './compare.ts'

type Numbers = Record<string, number>
const named = (entries: Numbers) => new Map(Object.entries(entries)) as never
const difference = (
  desired: { assignments?: Numbers; releases?: Numbers; accepted?: Numbers },
  stored: { assignments?: Numbers; chunks?: Numbers },
) =>
  compare(
    {
      assignments: named(desired.assignments ?? {}),
      releases: named(desired.releases ?? {}),
      accepted: named(desired.accepted ?? {}),
    },
    { assignments: named(stored.assignments ?? {}), chunks: named(stored.chunks ?? {}) },
    (digest: Digest) => digest,
  )

test('what the broker lacks or has in an older generation is published again', () => {
  const { assignments, overtaken } = difference(
    { assignments: { same: 3, older: 3, gone: 3, unlabelled: 3 } },
    { assignments: { same: 3, older: 2, unlabelled: Number.NaN, stranger: 9 } },
  )
  assert.deepEqual(assignments, ['older', 'gone', 'unlabelled'])
  assert.equal(overtaken.size, 0)
})

test('a generation that somebody saw and the database does not know asks for one above it', () => {
  const { assignments, overtaken } = difference(
    { assignments: { broker: 3, agent: 3, both: 3 }, accepted: { agent: 8, both: 5 } },
    { assignments: { broker: 7, agent: 3, both: 6 } },
  )
  assert.deepEqual(assignments, [])
  const expected: [string, number][] = [
    ['broker', 7],
    ['agent', 8],
    ['both', 6],
  ]
  assert.deepEqual([...overtaken], expected as [ClusterName, number][])
})

test('a release is complete when all of its chunks are there', () => {
  const twoChunks = limits.releaseChunkBytes + 1
  const { releases } = difference(
    { releases: { whole: twoChunks, half: twoChunks, gone: 10, small: limits.releaseChunkBytes } },
    { chunks: { whole: 2, half: 1, small: 1 } },
  )
  assert.deepEqual(releases, ['half', 'gone'])
})
