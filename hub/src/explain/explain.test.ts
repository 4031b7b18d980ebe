import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type CommitId, RoadsteadError } from '@roadstead/proto'
import { createRenderer } from '../render/index.ts'
import { type BlameRequest, loadDefinition, memoryTree } from '../source/index.ts'
import { type Changes, cluster, configMap, withChanges } from '../source/testing.ts'
import { explain, type Question } from './index.ts'

const renderer = createRenderer()
after(() => renderer.close())

interface Asked {
  readonly changes?: Changes
  /** What the repository was at the pin. */
  readonly pinned?: Changes
  readonly commit?: string
  readonly blamed?: BlameRequest[]
}

const web: Question = { app: 'web', environment: 'prod', object: 'ConfigMap/web', field: 'data.value' }

async function ask(question: Partial<Question>, { changes = {}, pinned, commit, blamed = [] }: Asked = {}) {
  const tree = memoryTree(withChanges(changes), async () => pinned && memoryTree(withChanges(pinned)))
  const { definition, problems } = await loadDefinition(tree)
  assert.ok(definition, JSON.stringify(problems))
  const blame = async (request: BlameRequest) => {
    blamed.push(request)
    return new Map()
  }
  return explain(
    { trace: renderer.trace, blame },
    { tree, definition, ...(commit !== undefined && { commit }) },
    { ...web, ...question },
  )
}

const patch = {
  'apps/web/overlays/prod/kustomization.yaml': 'resources: [../../base]\npatches: [{path: patch.yaml}]\n',
  'apps/web/overlays/prod/patch.yaml': configMap('web', 'patched'),
}

test('a field names the patch that set it last, and what that replaced', async () => {
  const { fields, object, field } = await ask({}, { changes: patch })
  assert.deepEqual([object, field, fields[0]?.value], ['ConfigMap shop/web', 'data.value', 'patched'])
  assert.deepEqual(
    fields[0]?.setBy.map(({ file, line, text }) => [file, line, text]),
    [
      ['apps/web/overlays/prod/patch.yaml', 7, 'value: patched'],
      ['apps/web/base/config.yaml', 7, 'value: one'],
    ],
  )
})

test('without a field, all of the object is explained', async () => {
  const { fields, fieldCount } = await ask({ field: undefined })
  assert.deepEqual(
    fields.map(({ path, setBy }) => [path, setBy[0]?.line]),
    [
      ['apiVersion', 1],
      ['kind', 2],
      ['metadata.name', 4],
      ['metadata.namespace', 5],
      ['data.value', 7],
    ],
  )
  assert.equal(fieldCount, 5)
})

const variable = { 'apps/web/base/config.yaml': configMap('web', '${vars.domain}/${vars.path:=a}') }

test('a variable names the file of every cluster that gets the app, or the default', async () => {
  const changes = { ...variable, 'clusters/prod-2.yaml': cluster('prod-2', 'prod', 'core') }
  const [explained] = (await ask({}, { changes })).fields
  assert.equal(explained?.value, '${vars.domain}/${vars.path:=a}')
  assert.equal(explained?.substituted, undefined)
  assert.deepEqual(
    explained?.variables.map(({ name, default: fallback, clusters, clusterCount }) => ({
      name,
      fallback,
      clusterCount,
      on: clusters.map(({ cluster: on, value, setBy }) => [on, value, setBy?.file, setBy?.line]),
    })),
    [
      {
        name: 'vars.domain',
        fallback: null,
        clusterCount: 2,
        on: [
          ['prod-1', 'prod-1.example', 'clusters/prod-1.yaml', 10],
          ['prod-2', 'prod-2.example', 'clusters/prod-2.yaml', 10],
        ],
      },
      {
        name: 'vars.path',
        fallback: 'a',
        clusterCount: 2,
        on: [
          ['prod-1', null, undefined, undefined],
          ['prod-2', null, undefined, undefined],
        ],
      },
    ],
  )
})

test('for one cluster it is said what its agent makes of the value', async () => {
  const { cluster: on, fields } = await ask({ cluster: 'prod-1' }, { changes: variable })
  assert.equal(on, 'prod-1')
  assert.equal(fields[0]?.substituted, 'prod-1.example/a')
})

test("a cluster's name, environment and labels are found in its file as well", async () => {
  const value = '${cluster.name} ${cluster.environment} ${cluster.labels.tier}'
  const changes = { 'apps/web/base/config.yaml': configMap('web', value) }
  const [explained] = (await ask({ cluster: 'prod-1' }, { changes })).fields
  assert.equal(explained?.substituted, 'prod-1 prod edge')
  assert.deepEqual(
    explained?.variables.map(({ clusters }) => clusters[0]?.setBy?.text),
    ['name: prod-1', 'environment: prod', 'tier: edge'],
  )
})

const variant = 'apps/web/overlays/prod/clusters/prod-1'

test('an overlay for some clusters is explained for those, and named otherwise', async () => {
  const changes = {
    [`${variant}/kustomization.yaml`]:
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: patch.yaml}]\n',
    [`${variant}/patch.yaml`]: configMap('web', 'special'),
    'clusters/prod-2.yaml': cluster('prod-2', 'prod', 'core'),
  }
  const here = await ask({ cluster: 'prod-1' }, { changes })
  assert.deepEqual([here.variant, here.otherVariants, here.fields[0]?.value], ['prod-1', [], 'special'])
  assert.equal(here.fields[0]?.setBy[0]?.file, `${variant}/patch.yaml`)
  const elsewhere = await ask({ cluster: 'prod-2' }, { changes })
  assert.deepEqual([elsewhere.variant, elsewhere.fields[0]?.value], [null, 'one'])
  assert.deepEqual((await ask({}, { changes })).otherVariants, ['prod-1'])
})

test('a pinned base is read, and its lines are blamed, at the pin', async () => {
  const pin = 'a'.repeat(40) as CommitId
  const blamed: BlameRequest[] = []
  const changes = {
    ...patch,
    'apps/web/overlays/prod/pin.yaml': `apiVersion: roadstead.dev/v1\nkind: Pin\nspec: {commit: ${pin}}\n`,
  }
  const pinned = { 'apps/web/base/config.yaml': `# older\n${configMap('web', 'old')}` }
  const explanation = await ask({}, { changes, pinned, commit: 'b'.repeat(40), blamed })
  assert.equal(explanation.pin, pin)
  assert.deepEqual(
    explanation.fields[0]?.setBy.map(({ text, at }) => [text, at?.[0]]),
    [
      ['value: patched', 'b'],
      ['value: old', 'a'],
    ],
  )
  assert.deepEqual(
    blamed.map(({ file, lines, commit }) => [file, lines, commit?.[0]]),
    [
      ['apps/web/overlays/prod/patch.yaml', [7], 'b'],
      ['apps/web/base/config.yaml', [8], 'a'],
    ],
  )
})

test('the value of a Secret, its lines and its variables are not shown', async () => {
  const secret = (value: string) =>
    `apiVersion: v1\nkind: Secret\nmetadata: {name: web, namespace: shop}\nstringData:\n  password: ${value}\n`
  const question = { object: 'Secret/web', field: 'stringData.password', cluster: 'prod-1' }
  const explanation = await ask(question, {
    changes: { 'apps/web/base/config.yaml': secret('hunter2-${vars.domain}') },
  })
  const text = JSON.stringify(explanation)
  assert.ok(!text.includes('hunter2') && !text.includes('prod-1.example'), text)
  assert.match(String(explanation.fields[0]?.value), /^sha256:[0-9a-f]{12}…$/)
  assert.equal(explanation.fields[0]?.setBy[0]?.line, 5)
})

for (const [name, question, changes, code, message] of [
  ['an app', { app: 'wep' }, {}, 'not-found', /there is no app wep; did you mean web\?/],
  ['an environment', { environment: 'prd' }, {}, 'not-found', /web does not run in prd; did you mean prod\?/],
  ['a cluster', { cluster: 'prod-9' }, {}, 'not-found', /prod has no cluster prod-9; did you mean prod-1\?/],
  ['a cluster of another environment', { cluster: 'dev-1' }, {}, 'not-found', /prod has no cluster dev-1/],
  [
    'a cluster without the app',
    { cluster: 'prod-1' },
    {
      'apps/web/app.yaml':
        'apiVersion: roadstead.dev/v1\nkind: App\nmetadata: {name: web}\nspec: {placement: {clusters: {matchLabels: {tier: core}}}}\n',
    },
    'not-found',
    /web is not placed on prod-1: see the selector in apps\/web\/app\.yaml and the labels in clusters\/prod-1\.yaml/,
  ],
  ['an object', { object: 'ConfigMap/wob' }, {}, 'not-found', /did you mean ConfigMap\/web\?/],
  ['a field', { field: 'data.valeu' }, {}, 'not-found', /did you mean value\?/],
  [
    'what does not build',
    {},
    { 'apps/web/base/config.yaml': null },
    'render-failed',
    /^apps\/web\/base\/kustomization\.yaml:1:13: .*there is no file/,
  ],
] as [string, Partial<Question>, Changes, string, RegExp][]) {
  test(`${name} that can not be explained is named`, async () => {
    await assert.rejects(ask(question, { changes }), (error) => {
      assert.ok(error instanceof RoadsteadError)
      assert.equal(error.code, code)
      assert.match(error.message, message)
      return true
    })
  })
}
