import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { build, fileTree } from './index.ts'

const object = (kind: string, name: string) => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`

describe('a directory of plain YAML', () => {
  const files = new Map([
    ['app/base/b.yaml', object('Service', 'b')],
    ['app/base/a.yml', object('Service', 'a')],
    ['app/base/c.json', '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "c"}}'],
    ['app/base/notes.txt', 'not read'],
    ['app/base/below/d.yaml', object('Service', 'not-read')],
    ['app/prod/kustomization.yaml', 'resources: [../base]\nnamePrefix: prod-\n'],
  ])
  it('is a base like any other where plain directories are allowed', () => {
    const { objects } = build(fileTree(files), 'app/prod', { plainDirectories: true })
    assert.deepEqual(
      objects.map((item) => `${item.kind}/${item.metadata.name}`),
      ['Secret/prod-c', 'Service/prod-a', 'Service/prod-b'],
    )
  })
  it('can be built itself', () => {
    assert.equal(build(fileTree(files), 'app/base', { plainDirectories: true }).objects.length, 3)
  })
  it('is refused otherwise, as by the official binary', () => {
    assert.throws(() => build(fileTree(files), 'app/prod'), /no kustomization file .* in app\/base/)
  })
})
