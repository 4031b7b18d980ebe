import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '@roadstead/overlay'
import { RoadsteadError } from '@roadstead/proto'
import { findObject } from './find-object.ts'

const object = (apiVersion: string, kind: string, name: string, namespace?: string): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
})

const objects = [
  object('v1', 'Namespace', 'shop'),
  object('apps/v1', 'Deployment', 'web', 'shop'),
  object('apps/v1', 'Deployment', 'web', 'edge'),
  object('v1', 'ConfigMap', 'site-85h5mhd2kh', 'shop'),
  object('networking.k8s.io/v1', 'Ingress', 'web', 'shop'),
  object('networking.istio.io/v1', 'Gateway', 'web'),
  object('gateway.networking.k8s.io/v1', 'Gateway', 'web'),
]

for (const [name, index] of [
  ['Namespace/shop', 0],
  ['namespace/shop', 0],
  ['Deployment/edge/web', 2],
  ['Deployment.apps/shop/web', 1],
  ['ConfigMap/site-85h5mhd2kh', 3],
  ['ConfigMap/site', 3],
  ['Gateway.networking.istio.io/web', 5],
] as const) {
  test(`${name} is found`, () => assert.equal(findObject(objects, name), index))
}

for (const [name, code, message] of [
  ['Deployment/web', 'conflict', /may be Deployment\.apps\/shop\/web or Deployment\.apps\/edge\/web/],
  ['Deployment/wbe', 'not-found', /no object Deployment\/wbe; did you mean Deployment\/web/],
  ['Ingress/other', 'not-found', /it has Ingress\/web$/],
  ['CronJob/nightly', 'not-found', /it has Namespace\/shop, /],
  ['web', 'bad-request', /"web" names no object; write Kind\/name/],
  ['a/b/c/d', 'bad-request', /names no object/],
] as const) {
  test(`${name} is not, and it is said what there is`, () => {
    assert.throws(
      () => findObject(objects, name),
      (error) => {
        assert.ok(error instanceof RoadsteadError)
        assert.equal(error.code, code)
        assert.match(error.message, message)
        return true
      },
    )
  })
}
