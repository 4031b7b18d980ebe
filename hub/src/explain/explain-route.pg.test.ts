import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '@roadstead/proto'
import { type DownPath, startDownPath } from '../advance/testing.ts'
import { createApi } from '../api/index.ts'
import { jsonFaults } from '../api/json-faults.ts'
import { authorization, testToken } from '../api/testing.ts'
import { configMap, smallFleet } from '../source/testing.ts'
import { createTelemetry } from '../telemetry/index.ts'
import { createExplainer, type Explanation } from './index.ts'

interface Setting extends AsyncDisposable {
  readonly path: DownPath
  get(path: string): Promise<{ status: number; body: unknown }>
  /** Commits, pushes, and lets the hub take it in. Returns the commit's id. */
  change(message: string, files: Record<string, string>): Promise<string>
}

/** From a real push over real Git and a real database to an answer over HTTP. */
async function setUp(): Promise<Setting> {
  const path = await startDownPath()
  const telemetry = createTelemetry({ serviceName: 'test', version: '0', logLevel: 'silent' })
  const { database, source } = path
  const explainer = createExplainer({ database, source })
  const api = await createApi(
    { database, telemetry, clock: systemClock, explainer },
    { host: '127.0.0.1', port: 0, tokens: [{ name: 'ada', token: testToken }], version: '0' },
  )
  const url = await api.listen()
  return {
    path,
    async get(route) {
      const answer = await fetch(`${url}${route}`, { headers: authorization })
      return { status: answer.status, body: await answer.json() }
    },
    async change(message, files) {
      const commit = await path.work.commit(message, files)
      const { code, stderr } = await path.work.push()
      assert.equal(code, 0, stderr)
      await path.step()
      return commit
    },
    async [Symbol.asyncDispose]() {
      await api.close()
      await explainer.close()
      await telemetry.close()
      await path[Symbol.asyncDispose]()
    },
  }
}

const route = '/v1/apps/web/environments/prod/explain'
const field = `${route}?object=ConfigMap/web&field=data.value`

describe('an explanation over HTTP', () => {
  let hub: Setting
  let first: string
  let second: string
  before(async () => {
    hub = await setUp()
    first = await hub.change('Begin', smallFleet)
    second = await hub.change('Say two', {
      'apps/web/base/config.yaml': configMap('web', 'two ${vars.domain}'),
    })
  })
  after(() => hub?.[Symbol.asyncDispose]())

  test('names file, line and commit, and what each cluster puts in', async () => {
    const { status, body } = await hub.get(field)
    assert.equal(status, 200, JSON.stringify(body))
    const { commit, object, fields } = body as Explanation
    assert.deepEqual([commit, object], [second, 'ConfigMap shop/web'])
    const [explained] = fields
    assert.deepEqual(
      explained?.setBy.map(({ file, line, text, commit: by }) => [file, line, text, by?.id, by?.summary]),
      [['apps/web/base/config.yaml', 7, 'value: two ${vars.domain}', second, 'Say two']],
    )
    assert.deepEqual(
      explained?.variables[0]?.clusters.map(({ cluster, value, setBy }) => [
        cluster,
        value,
        setBy?.commit?.id,
      ]),
      [['prod-1', 'prod-1.example', first]],
    )
    const here = (await hub.get(`${field}&cluster=prod-1`)).body as Explanation
    assert.equal(here.fields[0]?.substituted, 'two prod-1.example')
  })

  test('is what the OpenAPI document says', async () => {
    const document = (await hub.get('/openapi.json')).body as { components: object }
    const schema = { $ref: '#/components/schemas/Explanation' }
    for (const path of [field, `${field}&cluster=prod-1`, `${route}?object=ConfigMap/web`]) {
      assert.deepEqual(jsonFaults((await hub.get(path)).body, schema, document), [], path)
    }
  })

  test('is of the commit in force, also where a line was last written long before', async () => {
    const { fields } = (await hub.get(`${route}?object=ConfigMap/web&field=metadata.name`))
      .body as Explanation
    assert.equal(fields[0]?.setBy[0]?.commit?.id, first)
    assert.equal(fields[0]?.setBy[0]?.at, second)
  })

  for (const [path, status, code, detail] of [
    ['/v1/apps/wep/environments/prod/explain?object=a/b', 404, 'not-found', /no app wep; did you mean web\?/],
    ['/v1/apps/web/environments/prd/explain?object=a/b', 404, 'not-found', /did you mean prod\?/],
    [`${route}?object=ConfigMap/wob`, 404, 'not-found', /did you mean ConfigMap\/web\?/],
    [`${route}?object=ConfigMap/web&field=data.valu`, 404, 'not-found', /did you mean value\?/],
    [`${route}?object=ConfigMap/web&cluster=prod-7`, 404, 'not-found', /did you mean prod-1\?/],
    [`${route}?object=web`, 400, 'bad-request', /names no object/],
    [route, 400, 'bad-request', /query: must have required property 'object'/],
    [`${route}?object=ConfigMap/web&field=${'a'.repeat(1_001)}`, 400, 'bad-request', /field/],
  ] as const) {
    test(`${path.slice(0, 80)} is refused with ${code}`, async () => {
      const { status: given, body } = await hub.get(path)
      const problem = body as { code: string; detail: string }
      assert.deepEqual([given, problem.code], [status, code], problem.detail)
      assert.match(problem.detail, detail)
    })
  }
})

test('before the first commit there is nothing to explain, and it is said so', async () => {
  await using hub = await setUp()
  const { status, body } = await hub.get(field)
  assert.equal(status, 503)
  assert.match((body as { detail: string }).detail, /no commit is in force yet/)
})

test('an app that is held back is explained at the commit of the release it has', async () => {
  await using hub = await setUp()
  const good = await hub.change('Begin', smallFleet)
  // As a remote's branch would come: it can not be refused any more.
  const { work, repository } = hub.path
  await work.commit('Break web', { 'apps/web/base/config.yaml': null })
  await work.git('-C', repository, 'fetch', '--quiet', work.directory, '+HEAD:refs/heads/main')
  await hub.path.step()
  const { status, body } = await hub.get(field)
  assert.equal(status, 200, JSON.stringify(body))
  const { commit, fields } = body as Explanation
  assert.deepEqual([commit, fields[0]?.value], [good, 'one'])
})
