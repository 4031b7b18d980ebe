import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeFleet } from '@roadstead/hub/place'
import { validateFleet } from '@roadstead/hub/source'
import {
  type AssignmentContent,
  type ClusterName,
  decodeRelease,
  type EnvironmentName,
  substitute,
} from '@roadstead/proto'
import { exitCodes } from '../exit.ts'
import { runCaptured } from '../testing/run-captured.ts'
import { copyOfSampleFleet, type FleetCopy } from '../testing/sample-fleet.ts'
import { readWorkingTree } from './working-tree.ts'

/** The way of the hub and the agent: the whole fleet rendered and placed, the assigned release substituted. */
async function applied({ directory }: FleetCopy, on: string): Promise<Map<string, unknown>> {
  const { definition, renders, problems } = await validateFleet(readWorkingTree(directory).fleet)
  assert.deepEqual(problems, [])
  const releases = new Map(
    [...renders!].map(([app, environments]) => [
      app,
      new Map([...environments].map(([environment, render]) => [environment, render.releases])),
    ]),
  )
  const content = placeFleet(definition!, releases).contents.get(on as ClusterName)!
  const result = new Map<string, unknown>()
  for (const { app, release: digest } of content.apps) {
    const all = renders!.get(app)!.get(content.environment as EnvironmentName)!.releases
    const { release } = [...all.values()].find((each) => each.release.digest === digest)!
    const { objects } = await decodeRelease(digest, release.compressed)
    result.set(
      app,
      objects.map((object) => substitute(object, scopeOf(content))),
    )
  }
  return result
}

/** What an agent knows of its cluster: the assignment, nothing else. */
const scopeOf = ({ cluster, environment, labels, variables }: AssignmentContent) => ({
  cluster: { name: cluster, environment, labels },
  vars: variables,
})

async function rendered({ directory }: FleetCopy, app: string, environment: string, on: string) {
  const args = ['render', '--repo', directory, '-a', app, '-e', environment, '-c', on, '-o', 'json']
  const { stdout, stderr, exitCode } = await runCaptured(args)
  assert.equal(exitCode, exitCodes.ok, stderr)
  return JSON.parse(stdout) as unknown
}

test('what "render --cluster" prints is what the agent of that cluster applies, app by app', async (t) => {
  const fleet = copyOfSampleFleet(t)
  for (const [on, environment] of [
    ['dev-core-1', 'dev'],
    ['prod-eu-west-1', 'prod'],
    ['prod-edge-ams-1', 'prod'],
  ] as const) {
    const expected = await applied(fleet, on)
    assert.ok(expected.size >= 4)
    for (const [app, objects] of expected) {
      assert.deepEqual(await rendered(fleet, app, environment, on), objects, `${app} on ${on}`)
    }
  }
})

test('the same holds for overlays by name and by label, with variables in them', async (t) => {
  const fleet = copyOfSampleFleet(t)
  const overlays = 'apps/storefront/overlays/prod/clusters'
  const component = (field: string) =>
    `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: '[{"op": "add", "path": "/spec/${field}", "value": "\${vars.${field}:=7}"}]'
`
  fleet.write(`${overlays}/prod-eu-west-1/kustomization.yaml`, component('minReadySeconds'))
  fleet.write(`${overlays}/americas/kustomization.yaml`, component('revisionHistoryLimit'))
  fleet.write(
    `${overlays}/americas/selector.yaml`,
    `apiVersion: roadstead.dev/v1
kind: ClusterOverlay
spec:
  clusters:
    matchExpressions:
      - {key: region, operator: In, values: [us-east, us-west]}
`,
  )
  const seen = new Set<string>()
  for (const on of ['prod-eu-west-1', 'prod-us-east-1', 'prod-ap-south-1']) {
    const objects = (await applied(fleet, on)).get('storefront')
    assert.deepEqual(await rendered(fleet, 'storefront', 'prod', on), objects)
    const { spec } = (objects as { kind: string; spec: Record<string, unknown> }[]).find(
      ({ kind }) => kind === 'Deployment',
    )!
    seen.add(`${spec.minReadySeconds} ${spec.revisionHistoryLimit}`)
  }
  // The default of a whole field is a number, as the field wants it.
  assert.deepEqual([...seen], ['7 undefined', 'undefined 7', 'undefined undefined'])
})
