import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppName, EnvironmentName } from '@roadstead/proto'
import { loadDefinition, memoryTree, validateFleet } from '../source/index.ts'
import { type Changes, configMap, withChanges } from '../source/testing.ts'
import { createRenderer, type Renderer } from './index.ts'

async function rendered(renderer: Renderer, changes: Changes, pinned?: Changes) {
  const tree = memoryTree(withChanges(changes), async () => pinned && memoryTree(withChanges(pinned)))
  const { definition, problems } = await loadDefinition(tree)
  assert.ok(definition, JSON.stringify(problems))
  const renders = await renderer.renderFleet(tree, definition)
  return (app: string, environment: string) =>
    renders.get(app as AppName)!.get(environment as EnvironmentName)!
}

async function withRenderer(work: (renderer: Renderer) => Promise<void>): Promise<void> {
  const renderer = createRenderer()
  await work(renderer).finally(() => renderer.close())
}

const shared = {
  'shared/labels/kustomization.yaml':
    'kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\ncommonAnnotations: {team: shop}\n',
  'apps/web/overlays/prod/kustomization.yaml':
    'resources: [../../base]\ncomponents: [../../../../shared/labels]\n',
}

test('a commit that touches one app renders that app and no other', () =>
  withRenderer(async (renderer) => {
    const before = await rendered(renderer, {})
    const after = await rendered(renderer, {
      'apps/web/base/config.yaml': configMap('web', 'two'),
      'README.md': 'words',
      'apps/db/app.yaml': withChanges({})
        .get('apps/db/app.yaml')!
        .toString()
        .replace('a database', 'the database'),
    })
    // What was not rendered again is the same object, not just an equal one.
    assert.equal(after('db', 'dev').releases.get(''), before('db', 'dev').releases.get(''))
    assert.equal(after('db', 'dev').sourceKey, before('db', 'dev').sourceKey)
    assert.notEqual(
      after('web', 'dev').releases.get('')!.release.digest,
      before('web', 'dev').releases.get('')!.release.digest,
    )
    assert.notEqual(after('web', 'dev').sourceKey, before('web', 'dev').sourceKey)
  }))

test('a file outside of the app that a build reads is a part of what it is made from', () =>
  withRenderer(async (renderer) => {
    const before = await rendered(renderer, shared)
    const same = await rendered(renderer, { ...shared, 'unrelated/file.txt': 'x' })
    assert.equal(same('web', 'prod').releases.get(''), before('web', 'prod').releases.get(''))
    const path = 'shared/labels/kustomization.yaml'
    const after = await rendered(renderer, { ...shared, [path]: shared[path].replace('shop', 'web') })
    assert.notEqual(
      after('web', 'prod').releases.get('')!.release.digest,
      before('web', 'prod').releases.get('')!.release.digest,
    )
    assert.equal(after('web', 'dev').releases.get(''), before('web', 'dev').releases.get(''))
    // And one that is gone is missed, although the app itself is as it was.
    const gone = await rendered(renderer, {
      'apps/web/overlays/prod/kustomization.yaml': shared['apps/web/overlays/prod/kustomization.yaml'],
    })
    assert.match(gone('web', 'prod').problems[0]?.message ?? '', /shared\/labels/)
    assert.equal(gone('web', 'prod').releases.size, 0)
    assert.equal(gone('web', 'dev').problems.length, 0)
  }))

test('a failure is mended by the file that was missing, although the app does not change', () =>
  withRenderer(async (renderer) => {
    const overlay = {
      'apps/web/overlays/prod/kustomization.yaml': shared['apps/web/overlays/prod/kustomization.yaml'],
    }
    assert.equal((await rendered(renderer, overlay))('web', 'prod').releases.size, 0)
    assert.equal((await rendered(renderer, shared))('web', 'prod').releases.size, 1)
  }))

test('a pinned overlay reads its base from the commit it is pinned to, and all else from the head', () =>
  withRenderer(async (renderer) => {
    const pin = `apiVersion: roadstead.dev/v1\nkind: Pin\nspec: {commit: ${'a'.repeat(40)}}\n`
    const head = {
      'apps/web/overlays/prod/pin.yaml': pin,
      'apps/web/overlays/prod/kustomization.yaml': 'resources: [../../base]\nnameSuffix: -x\n',
      'apps/web/base/config.yaml': configMap('web', 'new'),
      'apps/web/base/more.yaml': configMap('more', 'new'),
      'apps/web/base/kustomization.yaml': 'resources: [config.yaml, more.yaml]\n',
    }
    const at = await rendered(renderer, head, {})
    const names = (environment: string) =>
      at('web', environment)
        .releases.get('')
        ?.objects.map(({ text }) => text)
    assert.deepEqual(at('web', 'prod').problems, [])
    assert.deepEqual(names('prod'), ['ConfigMap shop/web-x'])
    assert.deepEqual(names('dev'), ['ConfigMap shop/more', 'ConfigMap shop/web'])
    // The head's base may change as it likes, and go.
    const gone = await rendered(
      renderer,
      {
        'apps/web/overlays/prod/pin.yaml': pin,
        'apps/web/base/config.yaml': null,
        'apps/web/base/kustomization.yaml': null,
      },
      {},
    )
    assert.deepEqual(gone('web', 'prod').problems, [])
    const later = await rendered(
      renderer,
      { ...head, 'apps/web/base/config.yaml': configMap('web', 'newer') },
      {},
    )
    assert.equal(later('web', 'prod').releases.get(''), at('web', 'prod').releases.get(''))
  }))

test('an overlay for some clusters is a release of its own', () =>
  withRenderer(async (renderer) => {
    const at = await rendered(renderer, {
      'apps/web/overlays/prod/clusters/prod-1/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: "-1"\n',
    })
    const releases = at('web', 'prod').releases
    assert.deepEqual(
      [...releases].map(([variant, { objects }]) => [variant, objects[0]?.text]),
      [
        ['', 'ConfigMap shop/web'],
        ['prod-1', 'ConfigMap shop/web-1'],
      ],
    )
  }))

test('an overlay for some clusters that is no component is named by its own directory', () =>
  withRenderer(async (renderer) => {
    const directory = 'apps/web/overlays/prod/clusters/prod-1'
    const at = await rendered(renderer, { [`${directory}/kustomization.yaml`]: 'nameSuffix: "-1"\n' })
    const [problem, ...others] = at('web', 'prod').problems
    assert.deepEqual(others, [])
    assert.ok(problem?.file?.startsWith(directory), problem?.file)
    assert.match(problem?.message ?? '', /Component/)
  }))

test('a directory of plain YAML is built, without the files that are about it', () =>
  withRenderer(async (renderer) => {
    const at = await rendered(
      renderer,
      {
        'apps/web/overlays/prod/kustomization.yaml': null,
        'apps/web/overlays/prod/pin.yaml': `apiVersion: roadstead.dev/v1\nkind: Pin\nspec: {commit: ${'a'.repeat(40)}}\n`,
        'apps/web/overlays/prod/config.yaml': configMap('plain', 'one'),
      },
      {},
    )
    assert.deepEqual(at('web', 'prod').problems, [])
    assert.deepEqual(
      at('web', 'prod')
        .releases.get('')
        ?.objects.map(({ text, file, line }) => [text, file, line]),
      [['ConfigMap shop/plain', 'apps/web/overlays/prod/config.yaml', 4]],
    )
  }))

test('a commit that touches no app renders nothing', () =>
  withRenderer(async (renderer) => {
    const before = await rendered(renderer, {})
    const after = await rendered(renderer, { 'README.md': 'words', 'shared/unused.yaml': 'a: b\n' })
    for (const app of ['web', 'db']) {
      for (const environment of ['dev', 'prod']) {
        const release = after(app, environment).releases.get('')
        assert.ok(release)
        assert.equal(release, before(app, environment).releases.get(''))
      }
    }
  }))

test('a trace says of every field where it was written, the last writer first', () =>
  withRenderer(async (renderer) => {
    const patch = configMap('web', 'patched')
    const tree = memoryTree(
      withChanges({
        'apps/web/overlays/prod/kustomization.yaml':
          'resources: [../../base]\npatches: [{path: patch.yaml}]\n',
        'apps/web/overlays/prod/patch.yaml': patch,
      }),
    )
    const { definition } = await loadDefinition(tree)
    const app = definition!.apps.get('web' as AppName)!
    const result = await renderer.trace(tree, app, app.overlays.get('prod' as EnvironmentName)!)
    assert.ok('traced' in result, JSON.stringify(result))
    const { objects, provenance } = result.traced
    assert.deepEqual(
      objects.map(({ data }) => data),
      [{ value: 'patched' }],
    )
    const field = provenance[0]?.fields.find(({ pointer }) => pointer === '/data/value')
    assert.deepEqual(
      field?.setBy.map(({ file, line }) => `${file}:${line}`),
      ['apps/web/overlays/prod/patch.yaml:7', 'apps/web/base/config.yaml:7'],
    )
  }))

test('a trace of what can not be built says why', () =>
  withRenderer(async (renderer) => {
    const tree = memoryTree(withChanges({ 'apps/web/base/config.yaml': null }))
    const { definition } = await loadDefinition(tree)
    const app = definition!.apps.get('web' as AppName)!
    const result = await renderer.trace(tree, app, app.overlays.get('dev' as EnvironmentName)!)
    assert.ok('problems' in result)
    assert.match(result.problems[0]?.message ?? '', /there is no file/)
  }))

test('an overlay of nothing is refused: it would remove the app', async () => {
  const { problems } = await validateFleet(
    memoryTree(withChanges({ 'apps/web/overlays/prod/kustomization.yaml': 'resources: []\n' })),
  )
  assert.equal(problems.length, 1)
  assert.deepEqual(
    [problems[0]?.app, problems[0]?.environment, problems[0]?.code],
    ['web', 'prod', 'render-failed'],
  )
})

test('an object without a name is refused', async () => {
  const { problems } = await validateFleet(
    memoryTree(
      withChanges({
        'apps/web/base/config.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: web-, namespace: shop}\n',
      }),
    ),
  )
  assert.ok(problems.length > 0)
  assert.ok(problems.every(({ app, code }) => app === 'web' && code === 'render-failed'))
})
