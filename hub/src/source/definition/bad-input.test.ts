import assert from 'node:assert/strict'
import { test } from 'node:test'
import { app, type Changes, cluster, loadChanged, problemLines, smallFleet, withChanges } from '../testing.ts'
import { memoryTree } from '../tree.ts'
import { loadDefinition } from './load.ts'

/** What is changed in a fleet that is valid, and the one problem that must come of it. */
const faults: Record<string, { changes: Changes; problem: RegExp }> = {
  'YAML that does not parse': {
    changes: { 'fleet.yaml': 'apiVersion: roadstead.dev/v1\nkind: [Fleet\nmetadata: {}\n' },
    problem: /^invalid-yaml fleet\.yaml:\d+:\d+ /,
  },
  'a key that is written twice': {
    changes: { 'clusters/dev-1.yaml': `${cluster('dev-1', 'dev', 'core')}kind: Cluster\n` },
    problem: /^invalid-yaml clusters\/dev-1\.yaml:11:1 Map keys must be unique$/,
  },
  'an unknown field': {
    changes: { 'clusters/dev-1.yaml': cluster('dev-1', 'dev', 'core').replace('variables', 'varables') },
    problem: /^invalid-field clusters\/dev-1\.yaml:9:3 unknown field "varables"; did you mean "variables"\?$/,
  },
  'an unknown field deep in a policy that the wire would tolerate': {
    changes: app('web', 'drift: {ignore: [{target: {knd: Deployment}}]}'),
    problem: /^invalid-field apps\/web\/app\.yaml:6:30 unknown field "knd"; did you mean "kind"\?$/,
  },
  'a value of the wrong type': {
    changes: { 'clusters/dev-1.yaml': cluster('dev-1', 'dev', 'true') },
    problem:
      /^invalid-field clusters\/dev-1\.yaml:6:11 metadata\.labels\.tier: must be a text \(put it in quotes\), not true$/,
  },
  'a field that is missing': {
    changes: {
      'clusters/dev-1.yaml':
        'apiVersion: roadstead.dev/v1\nkind: Cluster\nmetadata:\n  name: dev-1\nspec: {}\n',
    },
    problem: /^invalid-field clusters\/dev-1\.yaml:5:7 spec: the field "environment" is missing$/,
  },
  'the wrong kind': {
    changes: {
      'clusters/dev-1.yaml': cluster('dev-1', 'dev', 'core').replace('kind: Cluster', 'kind: Clustre'),
    },
    problem: /^invalid-field clusters\/dev-1\.yaml:2:7 kind: must be "Cluster", not "Clustre"$/,
  },
  'a missing overlay': {
    changes: { 'apps/web/overlays/prod/kustomization.yaml': null },
    problem:
      /^missing-overlay apps\/web\/app\.yaml:\d+:\d+ web runs in prod but has no overlay there; add apps\/web\/overlays\/prod/,
  },
  'an overlay of no environment': {
    changes: { 'apps/web/overlays/qa/kustomization.yaml': 'resources: [../../base]\n' },
    problem:
      /^invalid-reference apps\/web\/overlays\/qa there is no environment qa; fleet\.yaml has dev, prod$/,
  },
  'a cycle of environments': {
    changes: {
      'fleet.yaml': smallFleet['fleet.yaml']!.replace('- name: dev', '- name: dev\n      after: [prod]'),
    },
    problem: /^cycle fleet\.yaml:8:14 environments follow each other in a circle: dev → prod → dev$/,
  },
  'a cycle of dependencies': {
    changes: app('db', 'dependsOn: [web]'),
    problem: /^cycle apps\/db\/app\.yaml:6:15 apps depend on each other in a circle: db → web → db$/,
  },
  'a dependency that is no app': {
    changes: app('db', 'dependsOn: [redis]'),
    problem:
      /^invalid-reference apps\/db\/app\.yaml:6:15 db depends on redis, which is no app of this fleet$/,
  },
  'a cluster in an unknown environment': {
    changes: { 'clusters/dev-1.yaml': cluster('dev-1', 'test', 'core') },
    problem:
      /^invalid-reference clusters\/dev-1\.yaml:8:16 there is no environment test; fleet\.yaml has dev, prod$/,
  },
  'a name that is not that of its file': {
    changes: { 'clusters/dev-1.yaml': cluster('dev-2', 'dev', 'core') },
    problem: /^invalid-field clusters\/dev-1\.yaml:4:9 metadata\.name is dev-2, but the path says dev-1/,
  },
  'a name that can not be one': {
    changes: { 'clusters/Dev_1.yaml': cluster('dev-1', 'dev', 'core') },
    problem: /^invalid-path clusters\/Dev_1\.yaml "Dev_1" can not name a cluster/,
  },
  'a file of 5 MB': {
    changes: { 'apps/web/base/big.bin': new Uint8Array(5_000_000) },
    problem: /^too-large apps\/web\/base\/big\.bin the file has 5000000 bytes; the limit is 4194304$/,
  },
  'a definition of 300 KB': {
    changes: { 'clusters/dev-1.yaml': `${cluster('dev-1', 'dev', 'core')}#${'x'.repeat(300_000)}\n` },
    problem: /^too-large clusters\/dev-1\.yaml the file has 300\d+ bytes; the limit is 262144$/,
  },
  'a binary file': {
    changes: { 'clusters/dev-1.yaml': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]) },
    problem: /^invalid-yaml clusters\/dev-1\.yaml this is a binary file; YAML in UTF-8 is wanted here$/,
  },
  'text that is not UTF-8': {
    changes: { 'clusters/dev-1.yaml': Buffer.from('kind: Cl\xfcster\n', 'latin1') },
    problem: /^invalid-yaml clusters\/dev-1\.yaml this is a binary file/,
  },
  'an empty file': {
    changes: { 'clusters/dev-1.yaml': '# nothing yet\n' },
    problem: /^invalid-yaml clusters\/dev-1\.yaml the file is empty$/,
  },
  'an app without app.yaml': {
    changes: { 'apps/new/base/config.yaml': 'a: b\n' },
    problem: /^invalid-reference apps\/new the app new has no app\.yaml$/,
  },
  'no fleet.yaml': {
    changes: { 'fleet.yaml': null },
    problem: /^invalid-reference fleet\.yaml there is no fleet\.yaml at the top of the repository$/,
  },
  'a pin on a commit that is not there': {
    changes: {
      'apps/web/overlays/prod/pin.yaml': `apiVersion: roadstead.dev/v1\nkind: Pin\nspec:\n  commit: ${'a'.repeat(40)}\n`,
    },
    problem: /^invalid-reference apps\/web\/overlays\/prod\/pin\.yaml:4:11 the commit a{40} is not in this/,
  },
  'an overlay for a cluster that is not there': {
    changes: { 'apps/web/overlays/prod/clusters/prod-9/kustomization.yaml': 'kind: Component\n' },
    problem:
      /^invalid-reference apps\/web\/overlays\/prod\/clusters\/prod-9 no cluster of prod is named prod-9/,
  },
  'an approval for an environment that is not there': {
    changes: {
      'fleet.yaml': `${smallFleet['fleet.yaml']}  deletionApprovals:\n    - {app: old, environment: qa, maxObjects: 3, reason: gone}\n`,
    },
    problem: /^invalid-reference fleet\.yaml:11:31 there is no environment qa$/,
  },
}

for (const [name, { changes, problem }] of Object.entries(faults)) {
  test(`${name} is named with its place, and nothing else is`, async () => {
    const loaded = await loadChanged(changes)
    const lines = problemLines(loaded)
    assert.equal(lines.length, 1, lines.join('\n'))
    assert.match(lines[0]!, problem)
    assert.equal(loaded.definition, undefined)
  })
}

test('the fleet that the faults are put into is valid', async () => {
  assert.deepEqual(problemLines(await loadChanged({})), [])
})

test('an empty repository is an error of its own', async () => {
  const [only, ...others] = problemLines(await loadDefinition(memoryTree(new Map())))
  assert.match(only ?? '', /^empty-repository {2}the repository is empty; it starts with a fleet\.yaml/)
  assert.deepEqual(others, [])
})

test('a symbolic link and a submodule are named', async () => {
  const tree = memoryTree(withChanges({}))
  const entries = new Map(tree.entries)
  entries.set('apps/web/base/link.yaml', { kind: 'symlink', id: '1', bytes: 0 })
  entries.set('apps/web/vendor', { kind: 'submodule', id: '2', bytes: 0 })
  const lines = problemLines(await loadDefinition({ ...tree, entries }))
  assert.match(lines[0] ?? '', /^invalid-path apps\/web\/base\/link\.yaml a symbolic link/)
  assert.match(lines[1] ?? '', /^invalid-path apps\/web\/vendor a submodule/)
})

test('all problems come together, in reading order', async () => {
  const loaded = await loadChanged({
    'clusters/prod-1.yaml': cluster('prod-1', 'nowhere', 'edge'),
    'clusters/dev-1.yaml': cluster('dev-1', 'dev', 'core')
      .replace('variables', 'varables')
      .replace('labels', 'lables'),
    ...app('db', 'dependsOn: [redis]'),
  })
  assert.deepEqual(
    loaded.problems.map(({ file, line }) => `${file}:${line}`),
    ['apps/db/app.yaml:6', 'clusters/dev-1.yaml:5', 'clusters/dev-1.yaml:9', 'clusters/prod-1.yaml:8'],
  )
})
