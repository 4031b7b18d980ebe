import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { build } from './index.ts'
import { problemsOf, refuses } from './testing/refusals.ts'

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n'
const k = 'kustomization.yaml'

describe('a kustomization file', () => {
  it('with unknown fields is refused with the place of each of them', () => {
    const problems = problemsOf({ [k]: 'resources: []\nimages:\n- name: a\n  tag: b\nnamePrefxi: x\n' })
    assert.deepEqual(
      problems.map(({ file, line, column, field }) => [file, line, column, field]),
      [
        [k, 4, 3, 'images[0].tag'],
        [k, 5, 1, 'namePrefxi'],
      ],
    )
    assert.match(problems[1]!.message, /did you mean "namePrefix"/)
  })
  it('with a value of the wrong type is refused', () => {
    refuses(
      { [k]: 'images:\n- name: a\n  newTag: 1.10\n' },
      {
        says: /1\.10, which YAML reads as a number; quote it/,
        file: k,
        line: 3,
        column: 11,
        field: 'images[0].newTag',
      },
    )
    refuses({ [k]: 'namePrefix: yes\n' }, { says: /a boolean; quote it/, line: 1, column: 13 })
    refuses({ [k]: 'resources: a.yaml\n' }, { says: /expected a list/, field: 'resources' })
    refuses(
      { [k]: 'replicas:\n- name: a\n  count: "3"\n' },
      { says: /expected a whole number/, field: 'replicas[0].count' },
    )
  })
  it('that is not YAML is refused with its line', () => {
    refuses({ [k]: 'resources:\n- a: [\n' }, { says: /not valid YAML/, file: k, line: 3 })
  })
  it('of another kind or version is refused', () => {
    refuses({ [k]: 'kind: Deployment\nresources: [a]\n' }, { says: /kind must be/, field: 'kind', line: 1 })
    refuses(
      { [k]: 'apiVersion: v1\nresources: [a]\n' },
      { says: /apiVersion of a Kustomization/, field: 'apiVersion' },
    )
  })
  it('that is empty, missing or there twice is refused', () => {
    refuses({ [k]: '' }, { says: /empty/, file: k })
    refuses({ [k]: 'kind: Kustomization\n' }, { says: /empty/, file: k })
    refuses({ 'a.yaml': service }, { says: /no kustomization file/ })
    refuses(
      { [k]: 'resources: []\n', Kustomization: 'resources: []\n' },
      { says: /more than one kustomization file/ },
    )
  })
})

describe('what a pure renderer cannot do is refused by name', () => {
  it('remote resources', () => {
    for (const path of [
      'https://example.com/a.yaml',
      'github.com/org/repo//base?ref=v1',
      'git@example.com:a/b.git',
      'ssh://git@example.com/a',
    ]) {
      refuses(
        { [k]: `resources:\n- ${path}\n` },
        { says: /remote resources are refused/, file: k, line: 2, column: 3, field: 'resources[0]' },
      )
    }
  })
  it('Helm charts', () => {
    refuses(
      { [k]: 'resources: []\nhelmCharts:\n- name: x\n' },
      { says: /helmCharts is refused/, file: k, line: 2, field: 'helmCharts' },
    )
    refuses({ [k]: 'helmGlobals: {chartHome: x}\n' }, { says: /helmGlobals is refused/ })
    refuses(
      { [k]: 'helmChartInflationGenerator:\n- chartName: x\n' },
      { says: /helmChartInflationGenerator is refused/ },
    )
  })
  it('plugins', () => {
    const plugin = 'apiVersion: example.com/v1\nkind: Maker\nmetadata:\n  name: x\n'
    refuses(
      { [k]: 'generators: [p.yaml]\n', 'p.yaml': plugin },
      { says: /only built-in generators and transformers/, field: 'generators[0]' },
    )
    refuses(
      { [k]: 'transformers: [p.yaml]\n', 'p.yaml': plugin },
      { says: /only built-in generators and transformers/, field: 'transformers[0]' },
    )
    refuses(
      { [k]: 'validators: [p.yaml]\n', 'p.yaml': plugin },
      { says: /validators are refused/, field: 'validators[0]' },
    )
  })
})

describe('paths', () => {
  it('to nothing are refused', () => {
    refuses(
      { [k]: 'resources:\n- gone.yaml\n' },
      { says: /no file or directory gone\.yaml/, file: k, line: 2, field: 'resources[0]' },
    )
    refuses({ [k]: 'components: [gone]\n' }, { says: /no directory gone/, field: 'components[0]' })
    refuses({ [k]: 'patches:\n- path: gone.yaml\n' }, { says: /no file gone\.yaml/, field: 'patches[0]' })
    refuses(
      { [k]: 'configMapGenerator:\n- name: a\n  files: [gone]\n' },
      { says: /no file gone/, field: 'configMapGenerator[0].files[0]' },
    )
  })
  it('that leave the tree are refused', () => {
    refuses(
      { 'a/kustomization.yaml': 'resources: [../../x]\n' },
      { says: /leaves the repository/ },
      { directory: 'a' },
    )
    refuses({ [k]: 'resources: [/etc/passwd]\n' }, { says: /absolute path/ })
  })
  it('of files outside the directory of the kustomization are refused', () => {
    refuses(
      { 'a/kustomization.yaml': 'resources: [../x.yaml]\n', 'x.yaml': service },
      { says: /outside a/ },
      { directory: 'a' },
    )
    refuses(
      { 'a/kustomization.yaml': 'configMapGenerator:\n- name: c\n  files: [../x.yaml]\n', 'x.yaml': service },
      { says: /outside a/ },
      { directory: 'a' },
    )
  })
  it('through symbolic links are refused', () => {
    const tree = {
      read: (path: string) => (path === k ? 'resources: [link.yaml]\n' : service),
      list: (directory: string) =>
        directory === ''
          ? [{ name: k, kind: 'file' } as const, { name: 'link.yaml', kind: 'symlink' } as const]
          : undefined,
    }
    assert.throws(() => build(tree, ''), /symbolic link/)
  })
  it('that lead back are refused as cycles', () => {
    refuses(
      { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' },
      { says: /cycle/, file: 'b/kustomization.yaml', field: 'resources[0]' },
      { directory: 'a' },
    )
    refuses({ 'a/kustomization.yaml': 'resources: [.]\n' }, { says: /cycle/ }, { directory: 'a' })
    refuses(
      {
        'a/b/kustomization.yaml': 'resources: [../]\n',
        'a/kustomization.yaml': 'resources: []\nnamePrefix: x\n',
      },
      { says: /cycle/ },
      { directory: 'a/b' },
    )
  })
})
