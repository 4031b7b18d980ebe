import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { KubernetesObject } from '@roadstead/overlay'
import { RoadsteadError } from '@roadstead/proto'
import { findField, leavesOf } from './find-field.ts'

const object: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web' } },
  spec: {
    replicas: 3,
    containers: [
      { name: 'main', image: 'web:1', args: ['--port', '8080'] },
      { name: 'side', image: 'side:1', env: [] },
    ],
  },
  data: { 'nginx.conf': 'x', 'a"b]': 'y' },
}

describe('a field', () => {
  for (const [path, pointer, text] of [
    ['spec.replicas', '/spec/replicas'],
    ['.spec.replicas', '/spec/replicas', 'spec.replicas'],
    ['/spec/replicas', '/spec/replicas', 'spec.replicas'],
    ['spec.containers[name=side].image', '/spec/containers/1/image'],
    ['spec.containers[1].image', '/spec/containers/1/image', 'spec.containers[name=side].image'],
    ['spec.containers.0.args[1]', '/spec/containers/0/args/1', 'spec.containers[name=main].args[1]'],
    ['spec.containers[image=web:1].name', '/spec/containers/0/name', 'spec.containers[name=main].name'],
    ['metadata.labels["app.kubernetes.io/name"]', '/metadata/labels/app.kubernetes.io~1name'],
    [
      'metadata.labels.app.kubernetes.io/name',
      '/metadata/labels/app.kubernetes.io~1name',
      'metadata.labels["app.kubernetes.io/name"]',
    ],
    [
      '/metadata/labels/app.kubernetes.io~1name',
      '/metadata/labels/app.kubernetes.io~1name',
      'metadata.labels["app.kubernetes.io/name"]',
    ],
    ['data.nginx.conf', '/data/nginx.conf', 'data["nginx.conf"]'],
    ['data["a\\"b]"]', '/data/a"b]'],
  ] as const) {
    test(`is found by ${path}`, () => {
      const found = findField(object, path)
      assert.deepEqual([found.pointer, found.text], [pointer, text ?? path])
    })
  }

  test('is the whole object without a path', () => {
    assert.equal(findField(object, '').value, object)
  })

  for (const [path, code, message] of [
    ['spec.replica', 'not-found', /^spec has no field replica; did you mean replicas\?$/],
    ['spec.strategy', 'not-found', /^spec has no field strategy; it has replicas, containers$/],
    ['sepc.replicas', 'not-found', /^the object has no field sepc; did you mean spec\?$/],
    ['spec.replicas.x', 'not-found', /^spec\.replicas is a value of its own; it has no field x$/],
    [
      'spec.containers[name=man]',
      'not-found',
      /^spec\.containers has no field \[name=man\]; did you mean \[name=main\]/,
    ],
    [
      'spec.containers[2]',
      'not-found',
      /^spec\.containers has no field 2; it has \[name=main\], \[name=side\]$/,
    ],
    ['spec.containers[name=side].env[0]', 'not-found', /env has no field 0; it is empty$/],
    ['spec.containers[', 'bad-request', /can not be read from "\[" on/],
    ['spec..replicas', 'bad-request', /can not be read from "\.\.replicas" on/],
    ['constructor', 'not-found', /has no field constructor/],
  ] as const) {
    test(`that is not there, ${path}, is named with what may have been meant`, () => {
      assert.throws(
        () => findField(object, path),
        (error) => {
          assert.ok(error instanceof RoadsteadError)
          assert.equal(error.code, code)
          assert.match(error.message, message)
          return true
        },
      )
    })
  }

  test('of many parts has those that hold a value as its leaves', () => {
    assert.deepEqual(
      leavesOf(findField(object, 'spec.containers')).map(({ text }) => text.slice('spec.containers'.length)),
      [
        '[name=main].name',
        '[name=main].image',
        '[name=main].args[0]',
        '[name=main].args[1]',
        '[name=side].name',
        '[name=side].image',
        '[name=side].env',
      ],
    )
  })
})
