import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorld } from './world/index.ts'

test('no route of the API writes desired state: they enrol agents, revoke them, and hear of pushes', async () => {
  await using world = await startWorld()
  const { paths } = await world.hub.get('/openapi.json')
  const writing = Object.entries<Record<string, object>>(paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .filter((method) => ['post', 'put', 'patch', 'delete'].includes(method))
      .map((method) => `${method} ${path}`),
  )
  assert.deepEqual(writing.sort(), [
    'post /v1/clusters/{cluster}/enrolment-tokens',
    'post /v1/clusters/{cluster}/revoke',
    'post /v1/enrol',
    'post /v1/webhooks/git',
  ])
})
