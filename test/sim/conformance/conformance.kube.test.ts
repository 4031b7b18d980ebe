import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSimulatedCluster } from '../index.ts'
import { type Played, play, sender } from './play.ts'
import recorded from './testdata/kube-apiserver-1.34.2.json' with { type: 'json' }

/** Answers whose text shows Go's internals, which are not imitated; their code, reason and fields are. */
const TEXT_DIFFERS = new Set([
  'wrong type replicas', // quotes the whole object in Go's field order
  'job fixed', // dumps the internal Go struct
  'pod fixed', // appends a diff of the internal Go struct
])

const cluster = await createSimulatedCluster({ name: 'conformance', controllers: false })
const answers = await play(sender(cluster.url, cluster.token))
await cluster.close()

for (const [name, wanted] of Object.entries(recorded as Record<string, Played>)) {
  test(`answers "${name}" as kube-apiserver 1.34.2 did`, () => {
    const given = answers[name]
    if (!TEXT_DIFFERS.has(name)) return assert.deepEqual(given, wanted)
    assert.deepEqual(given && gist(given), gist(wanted))
  })
}

test('the recording covers every request', () => {
  assert.deepEqual(Object.keys(answers).sort(), Object.keys(recorded).sort())
})

function gist({ code, body }: Played): unknown {
  const { reason, details } = body as {
    reason: string
    details: { causes: { field: string; reason: string }[] }
  }
  return { code, reason, causes: details.causes.map((cause) => [cause.field, cause.reason]) }
}
