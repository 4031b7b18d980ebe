import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterName } from '@roadstead/proto'
import { memoryTree, placeText, validateFleet } from '../source/index.ts'
import { app, type Changes, cluster, configMap, smallFleet, withChanges } from '../source/testing.ts'
import { type FleetReleases, type Placement, placeFleet } from './index.ts'

async function placed(changes: Changes): Promise<Placement> {
  const { definition, renders = new Map(), problems } = await validateFleet(memoryTree(withChanges(changes)))
  assert.ok(definition, JSON.stringify(problems))
  const releases: FleetReleases = new Map(
    [...renders].map(([name, environments]) => [
      name,
      new Map([...environments].map(([environment, render]) => [environment, render.releases])),
    ]),
  )
  return placeFleet(definition, releases)
}

const appsOn = ({ contents }: Placement, name: string) =>
  contents.get(name as ClusterName)?.apps.map((assigned) => assigned.app)

const lines = ({ problems }: Placement) =>
  problems.map((problem) => `${problem.code} ${placeText(problem)} ${problem.message}`)

test('a cluster gets the apps of its environment that select its labels', async () => {
  const placement = await placed(app('web', 'placement: {clusters: {matchLabels: {tier: edge}}}'))
  assert.deepEqual(lines(placement), [])
  assert.deepEqual(appsOn(placement, 'dev-1'), ['db'])
  assert.deepEqual(appsOn(placement, 'prod-1'), ['db', 'web'])
})

test('an assignment says all that an agent needs to know', async () => {
  const placement = await placed({
    'fleet.yaml': `${smallFleet['fleet.yaml']}  defaults: {health: {deadlineSeconds: 60}}
  deletionApprovals:
    - {app: old, maxObjects: 3, reason: gone}
    - {app: old, environment: prod, maxObjects: 30, reason: gone}
    - {app: web, cluster: dev-1, maxObjects: 5, reason: moved}
`,
  })
  const { apps, ...content } = placement.contents.get('prod-1' as ClusterName)!
  assert.deepEqual(content, {
    cluster: 'prod-1',
    environment: 'prod',
    labels: { tier: 'edge' },
    variables: { domain: 'prod-1.example' },
    allowEmpty: false,
    deletionApprovals: [{ app: 'old', maxObjects: 30 }],
  })
  const { release, releaseBytes, ...web } = apps[1]!
  assert.match(release, /^sha256:/)
  assert.ok(releaseBytes > 0)
  assert.deepEqual(web.dependsOn, ['db'])
  assert.deepEqual(web.policy.health, { deadlineSeconds: 60 })
  assert.deepEqual(placement.contents.get('dev-1' as ClusterName)?.deletionApprovals, [
    { app: 'old', maxObjects: 3 },
    { app: 'web', maxObjects: 5 },
  ])
})

test('an overlay for a cluster by its name goes before one by label, and that before the common one', async () => {
  const overlays = 'apps/web/overlays/prod/clusters'
  const selector = (labels: string) =>
    `apiVersion: roadstead.dev/v1\nkind: ClusterOverlay\nspec: {clusters: {matchLabels: {${labels}}}}\n`
  const variant = (suffix: string) =>
    `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: ${suffix}\n`
  const placement = await placed({
    'clusters/prod-2.yaml': cluster('prod-2', 'prod', 'edge'),
    'clusters/prod-3.yaml': cluster('prod-3', 'prod', 'core'),
    [`${overlays}/prod-1/kustomization.yaml`]: variant('-named'),
    [`${overlays}/edge/kustomization.yaml`]: variant('-edge'),
    [`${overlays}/edge/selector.yaml`]: selector('tier: edge'),
  })
  const webOn = (name: string) =>
    placement.contents.get(name as ClusterName)?.apps.find((assigned) => assigned.app === 'web')?.release
  assert.deepEqual(lines(placement), [])
  const releases = [webOn('prod-1'), webOn('prod-2'), webOn('prod-3')]
  assert.equal(new Set(releases).size, 3)
})

test('two overlays that select one cluster are a problem', async () => {
  const overlays = 'apps/web/overlays/prod/clusters'
  const selector = 'apiVersion: roadstead.dev/v1\nkind: ClusterOverlay\nspec: {clusters: {}}\n'
  const variant = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n'
  const placement = await placed({
    [`${overlays}/a/kustomization.yaml`]: variant,
    [`${overlays}/a/selector.yaml`]: selector,
    [`${overlays}/b/kustomization.yaml`]: variant,
    [`${overlays}/b/selector.yaml`]: selector,
  })
  assert.match(
    lines(placement)[0] ?? '',
    /^invalid-reference \S+\/b\/selector\.yaml the overlays a and b of web both/,
  )
})

test('an object of two apps names both, once for all clusters', async () => {
  const placement = await placed({
    'apps/db/base/config.yaml': configMap('web', 'mine'),
    'clusters/dev-2.yaml': cluster('dev-2', 'dev', 'core'),
    'clusters/dev-3.yaml': cluster('dev-3', 'dev', 'core'),
  })
  assert.deepEqual(lines(placement), [
    'ownership-conflict apps/web/base/config.yaml:4:9 ConfigMap shop/web is in web and in db ' +
      '(apps/db/base/config.yaml:4:9), on dev-1, dev-2, dev-3 and 1 more; one object belongs to one app',
  ])
})

test('two apps with the same object on different clusters do not meet', async () => {
  const placement = await placed({
    ...app('web', 'placement: {clusters: {matchLabels: {tier: edge}}}'),
    ...app('db', 'placement: {clusters: {matchLabels: {tier: core}}}'),
    'apps/db/base/config.yaml': configMap('web', 'mine'),
  })
  assert.deepEqual(lines(placement), [])
})

test('a dependency that is not placed beside its app is named where it is written', async () => {
  const placement = await placed(app('db', 'placement: {clusters: {matchLabels: {tier: core}}}'))
  assert.deepEqual(lines(placement), [
    'invalid-reference apps/web/app.yaml:6:15 web depends on db, which is not placed on prod-1; ' +
      'let db run wherever web does',
  ])
})

test('an undefined variable or label holds back its app in that environment alone', async () => {
  const placement = await placed({
    'apps/web/base/config.yaml': configMap(
      'web',
      '${vars.size} ${vars.size:=1} ${cluster.labels.zone} ${HOME} $${vars.none}',
    ),
    'clusters/dev-1.yaml': `${cluster('dev-1', 'dev', 'core').replace('tier: core', 'zone: a')}    size: 2\n`,
  })
  assert.deepEqual(
    placement.problems.map(({ code, app: of, environment, line }) => [code, of, environment, line]),
    [
      ['undefined-variable', 'web', 'prod', 7],
      ['undefined-variable', 'web', 'prod', 7],
    ],
  )
  assert.match(
    lines(placement)[0] ?? '',
    /\$\{vars\.size\} in ConfigMap shop\/web \(\/data\/value\) is not defined for prod-1/,
  )
  assert.match(lines(placement)[1] ?? '', /\$\{cluster\.labels\.zone\} .* set the label on each cluster/)
})

test('an app without a release yet is left out, and what depends on it is not in the wrong', async () => {
  const { definition } = await validateFleet(memoryTree(withChanges({})))
  const placement = placeFleet(definition!, new Map())
  assert.deepEqual(lines(placement), [])
  assert.deepEqual(appsOn(placement, 'dev-1'), [])
})

test('an assignment that does not fit into a message is a problem, however few apps it is of', async () => {
  const pointers = Array.from({ length: 100 }, (_, index) => `"/data/${index}${'x'.repeat(950)}"`).join()
  const spec = `drift: {ignore: [{pointers: [${pointers}]}, {pointers: [${pointers}]}]}`
  const apps = (count: number) =>
    Object.assign({}, ...Array.from({ length: count }, (_, index) => app(`big-${index}`, spec)))
  assert.deepEqual(lines(await placed(apps(5))), [])
  assert.deepEqual(
    lines(await placed(apps(6))).map((line) => line.replaceAll(/\d{6,}/g, 'N')),
    ['dev-1', 'prod-1'].map(
      (name) =>
        `too-large clusters/${name}.yaml the assignment of ${name} would have N bytes; the limit is N`,
    ),
  )
})

test('ten thousand clusters share what is the same for all of them', async () => {
  const { definition, renders } = await validateFleet(memoryTree(withChanges({})))
  const [template] = definition!.clusters.values()
  const clusters = new Map(
    Array.from({ length: 10_000 }, (_, index) => {
      const name = `c-${index}` as ClusterName
      return [name, { ...template!, name }]
    }),
  )
  const releases = new Map(
    [...renders!].map(([name, all]) => [name, new Map([...all].map(([e, r]) => [e, r.releases]))]),
  )
  const { contents, problems } = placeFleet({ ...definition!, clusters }, releases)
  assert.deepEqual([contents.size, problems.length], [10_000, 0])
  const [first, last] = [contents.get('c-0' as ClusterName)!, contents.get('c-9999' as ClusterName)!]
  assert.equal(first.apps[0], last.apps[0])
})
