import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import SwaggerParser from '@apidevtools/swagger-parser'
import { recordEvents } from '../db/index.ts'
import { takeBatch } from '../intake/store.ts'
import { appReport, cluster, driftReport, receipt } from '../intake/testing.ts'
import { commitOf, hear, releaseOf, seedFleet } from '../readmodel/testing.ts'
import { jsonFaults } from './json-faults.ts'
import { testApi } from './testing.ts'

interface Operation {
  readonly operationId: string
  readonly security: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema: object }> }>>
}
type Document = { readonly paths: Record<string, Record<string, Operation>> }

/** What stands for a parameter in a path. */
const sample: Readonly<Record<string, string>> = { cluster: 'c1', app: 'web', commit: commitOf('v1') }
const pathOf = (template: string) =>
  template.replaceAll(/\{(\w+)\}/g, (_, name: string) => sample[name] ?? 'none')

const operations = (document: Document) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

/** What needs no token: who asks is known in another way, or nothing is told. */
const open = ['POST /v1/enrol', 'GET /healthz/live', 'GET /healthz/ready', 'POST /v1/webhooks/git']

describe('the OpenAPI document', () => {
  let api: Awaited<ReturnType<typeof testApi>>
  let document: Document
  before(async () => {
    api = await testApi({}, { webhookSecret: 'a-secret-of-the-webhook' })
    document = (await (await api.fetch('/openapi.json')).json()) as Document
  })
  after(() => api?.[Symbol.asyncDispose]())

  test('is one that generators accept', async () => {
    const { openapi } = document as unknown as { openapi: string }
    assert.equal(openapi, '3.1.0')
    await SwaggerParser.validate(structuredClone(document) as never)
    const names = operations(document).map(({ operation }) => operation.operationId)
    assert.equal(new Set(names).size, names.length)
    assert.ok(
      names.every((name) => /^[a-z][A-Za-z]+$/.test(name)),
      names.join(),
    )
  })

  test('names all that the server answers, but Git', async () => {
    const listed = operations(document).map(({ method, path }) => `${method} ${path}`)
    const routes = api.api.server.printRoutes({ commonPrefix: false })
    const served = servedRoutes(routes)
    assert.ok(served.length > 15, routes)
    assert.deepEqual(served.filter((each) => !listed.includes(each)).sort(), [
      // So Fastify draws what stands below a path: `/git/fleet.git/*`.
      'GET *',
      'POST *',
    ])
  })

  test('and the server agree on who may ask: every route refuses a missing, a wrong and an empty token', async () => {
    const routes = [
      ...operations(document),
      { path: '/git/fleet.git/info/refs?service=git-upload-pack', method: 'GET', operation: undefined },
    ]
    for (const { path, method, operation } of routes) {
      const name = `${method} ${path}`
      const isOpen = open.includes(name)
      if (operation) assert.equal(operation.security.length === 0, isOpen, name)
      for (const authorization of [undefined, 'Bearer wrong', 'Bearer ', 'Basic eDp5', 'nonsense']) {
        const answer = await fetch(`${api.url}${pathOf(path)}`, {
          method,
          headers: authorization === undefined ? {} : { authorization },
        })
        const body = await answer.text()
        if (isOpen && path !== '/v1/webhooks/git') assert.notEqual(answer.status, 401, name)
        else {
          assert.equal(answer.status, 401, `${name} with ${authorization}`)
          assert.equal(JSON.parse(body).code, 'unauthenticated')
        }
      }
    }
  })

  test('describes every answer completely', async () => {
    await seedAnswers(api)
    let compared = 0
    for (const { path, method, operation } of operations(document)) {
      const schema = operation.responses['200']?.content?.['application/json']?.schema
      if (method !== 'GET' || schema === undefined || path === '/openapi.json') continue
      // What answers a question only is compared where questions are asked.
      if (operation.parameters?.some(({ in: part, required }) => part === 'query' && required)) continue
      const answer = await api.fetch(pathOf(path))
      assert.equal(answer.status, 200, path)
      const body: unknown = await answer.json()
      assert.deepEqual(jsonFaults(body, schema, document), [], path)
      const { items } = body as { items?: unknown[] }
      assert.ok(items === undefined || items.length > 0, `${path} shows something`)
      compared += 1
    }
    assert.ok(compared > 10)
  })

  test('describes every refusal completely', async () => {
    const schema = { $ref: '#/components/schemas/Problem' }
    for (const [path, status] of [
      ['/v1/clusters/none', 404],
      ['/v1/clusters?limit=many', 400],
      ['/nothing', 404],
    ] as const) {
      const answer = await api.fetch(path)
      assert.equal(answer.status, status)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.deepEqual(jsonFaults(await answer.json(), schema, document), [])
    }
  })
})

/** Reads Fastify's drawing of its routes: a tree, indented by four characters a level. */
function servedRoutes(drawing: string): string[] {
  const above: string[] = []
  return drawing.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] =
      /^((?:[│ ] {3})*)[├└]── (\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? []
    if (part === '') return []
    const path = `${above[indent.length / 4 - 1] ?? ''}${part}`
    above[indent.length / 4] = path
    const named = path.replaceAll(/:(\w+)/g, '{$1}')
    return methods
      .split(', ')
      .filter((method) => method !== '' && method !== 'HEAD')
      .map((method) => `${method} ${named}`)
  })
}

/** Rows for every list, with as many of the optional facts as there are. */
async function seedAnswers({ database }: Awaited<ReturnType<typeof testApi>>): Promise<void> {
  const clusters = { c1: { environment: 'dev', apps: ['web', 'api'], labels: { tier: 'edge' } } }
  const problem = { code: 'invalid-yaml', message: 'tabs', file: 'apps/api/app.yaml', line: 2, column: 1 }
  await seedFleet(database, { clusters, held: { api: [problem] } })
  await hear(database, 'c1')
  const reached = { generation: 1, at: '2026-01-01T00:00:00.000Z' }
  const object = { group: 'apps', kind: 'Deployment', namespace: 'x', name: 'y' }
  const app = appReport({
    phase: 'applied',
    release: releaseOf('web', 'dev'),
    accepted: reached,
    applied: reached,
    healthy: reached,
    health: { status: 'Degraded', reason: 'one of three is ready' },
    problems: [{ object, code: 'health-deadline', message: 'too late' }],
    problemCount: 1,
  })
  const refused = receipt({ accepted: false, problem: { code: 'bad-signature', message: 'no' } })
  const reports = [
    refused,
    app,
    driftReport({ managerAt: reached.at, endedAt: reached.at, state: 'corrected' }),
  ]
  await takeBatch(
    database,
    reports.map((report) => ({ cluster: cluster('c1'), report })),
  )
  await database
    .insertInto('agents')
    .values({ cluster: cluster('c1'), public_key: 'U' })
    .execute()
  await database
    .transaction()
    .execute((transaction) =>
      recordEvents(transaction, [{ type: 'test.told', message: 'x', data: { a: 1 } }]),
    )
}
