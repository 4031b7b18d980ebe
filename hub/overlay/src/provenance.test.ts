import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { build, fileTree, type SetBy } from './index.ts'

const files = new Map([
  [
    'base/kustomization.yaml',
    'resources: [web.yaml]\nconfigMapGenerator:\n- name: settings\n  literals:\n  - LEVEL=info\n',
  ],
  [
    'base/web.yaml',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:1\n        envFrom:\n        - configMapRef:\n            name: settings\n',
  ],
  [
    'prod/kustomization.yaml',
    'resources:\n- ../base\nnamespace: prod\nimages:\n- name: nginx\n  newTag: "2"\nlabels:\n- pairs:\n    team: shop\npatches:\n- path: replicas.yaml\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/paused\n      value: true\n',
  ],
  [
    'prod/replicas.yaml',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 5\n',
  ],
])

function setBy(kind: string, pointer: string): readonly SetBy[] {
  const { objects, provenance } = build(fileTree(files), 'prod', { provenance: true })
  const index = objects.findIndex((object) => object.kind === kind)
  const found = provenance![index]!.fields.find((field) => field.pointer === pointer)
  assert.ok(found !== undefined, `no provenance of ${pointer}`)
  return found.setBy
}

function lines(origins: readonly SetBy[]): string[] {
  return origins.map(({ file, line }) => `${file}:${line}`)
}

describe('provenance', () => {
  it('of an untouched field is where the base writes it', () => {
    assert.deepEqual(lines(setBy('Deployment', '/spec/template/spec/containers/0/name')), [
      'base/web.yaml:10',
    ])
  })
  it('of a patched field is the patch, then what it overrode', () => {
    assert.deepEqual(lines(setBy('Deployment', '/spec/replicas')), [
      'prod/replicas.yaml:6',
      'base/web.yaml:6',
    ])
  })
  it('of what a JSON patch wrote is its operation', () => {
    assert.deepEqual(lines(setBy('Deployment', '/spec/paused')), ['prod/kustomization.yaml:16'])
  })
  it('of an image, a namespace and a label is the field of the kustomization', () => {
    assert.deepEqual(lines(setBy('Deployment', '/spec/template/spec/containers/0/image')), [
      'prod/kustomization.yaml:5',
      'base/web.yaml:11',
    ])
    assert.deepEqual(lines(setBy('Deployment', '/metadata/namespace')), ['prod/kustomization.yaml:3'])
    assert.deepEqual(lines(setBy('Deployment', '/metadata/labels/team')), ['prod/kustomization.yaml:9'])
  })
  it('of generated data is the literal', () => {
    assert.deepEqual(lines(setBy('ConfigMap', '/data/LEVEL')), ['base/kustomization.yaml:5'])
  })
  it('changes nothing about the objects, and is absent unless asked for', () => {
    const plain = build(fileTree(files), 'prod')
    assert.equal(plain.provenance, undefined)
    assert.deepEqual(build(fileTree(files), 'prod', { provenance: true }).objects, plain.objects)
  })
  it('names every scalar of every object', () => {
    const { objects, provenance } = build(fileTree(files), 'prod', { provenance: true })
    const count = (value: unknown): number =>
      typeof value !== 'object' || value === null
        ? 1
        : Object.values(value).reduce<number>((sum, item) => sum + count(item), 0)
    assert.deepEqual(
      provenance!.map(({ fields }) => fields.length),
      objects.map(count),
    )
  })
})
