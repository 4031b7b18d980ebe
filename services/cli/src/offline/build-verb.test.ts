import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { exitCodes } from '../exit.ts'
import { runCaptured } from '../testing/run-captured.ts'
import { copyOfSampleFleet, sampleFleet } from '../testing/sample-fleet.ts'

const apps = readdirSync(join(sampleFleet, 'apps'))

for (const app of apps) {
  for (const environment of ['dev', 'staging', 'prod']) {
    test(`${app} builds for ${environment}, with its own namespace`, async () => {
      const directory = join(sampleFleet, 'apps', app, 'overlays', environment)
      const { stdout, stderr, exitCode } = await runCaptured(['build', directory])
      assert.equal(stderr, '')
      assert.equal(exitCode, exitCodes.ok)
      const objects = parseAllDocuments(stdout).map((document) => document.toJS() as { kind: string })
      assert.equal(objects[0]?.kind, 'Namespace')
      assert.ok(objects.length >= 5)
    })
  }
}

test('JSON is a list of the same objects', async () => {
  const directory = join(sampleFleet, 'apps/storefront/overlays/dev')
  const asYaml = await runCaptured(['build', directory])
  const asJson = await runCaptured(['build', directory, '-o', 'json'])
  const documents = parseAllDocuments(asYaml.stdout).map((document) => document.toJS() as unknown)
  assert.deepEqual(JSON.parse(asJson.stdout), documents)
})

test('a fault names file, line, column and field, as seen from where the command runs', async (t) => {
  const fleet = copyOfSampleFleet(t)
  fleet.edit('apps/storefront/overlays/prod/kustomization.yaml', 'resources.yaml', 'resource.yaml')
  const workingDirectory = join(fleet.directory, 'apps/storefront')
  const { stdout, stderr, exitCode } = await runCaptured(['build', 'overlays/prod'], { workingDirectory })
  assert.equal(exitCode, exitCodes.no)
  assert.equal(stdout, '')
  assert.match(stderr, /^overlays\/prod\/kustomization\.yaml:9:\d+: patches\[0\].*resource\.yaml/)
})

test('a field that can not be built is refused by name', async (t) => {
  const fleet = copyOfSampleFleet(t)
  fleet.append('apps/edge-cache/overlays/dev/kustomization.yaml', 'helmCharts:\n  - name: cache\n')
  const { stderr, exitCode } = await runCaptured([
    'build',
    join(fleet.directory, 'apps/edge-cache/overlays/dev'),
  ])
  assert.equal(exitCode, exitCodes.no)
  assert.match(stderr, /kustomization\.yaml:5:1: helmCharts/)
})

test('a directory that is not there is a wrong command line', async () => {
  assert.equal((await runCaptured(['build', '/nowhere'])).exitCode, exitCodes.usage)
})
