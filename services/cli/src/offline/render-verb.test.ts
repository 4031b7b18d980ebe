import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { exitCodes } from '../exit.ts'
import { runCaptured } from '../testing/run-captured.ts'
import { copyOfSampleFleet, sampleFleet } from '../testing/sample-fleet.ts'

const render = (...args: string[]) => runCaptured(['render', '--repo', sampleFleet, ...args])

interface Manifest {
  readonly kind: string
  readonly spec?: { readonly replicas?: unknown; readonly rules?: readonly { readonly host: string }[] }
}

const manifests = (yaml: string): Manifest[] =>
  parseAllDocuments(yaml).map((document) => document.toJS() as Manifest)

test('without a cluster it is what "build" prints, with the references left in', async () => {
  const { stdout, exitCode } = await render('-a', 'storefront', '-e', 'prod')
  const built = await runCaptured(['build', `${sampleFleet}/apps/storefront/overlays/prod`])
  assert.equal(exitCode, exitCodes.ok)
  assert.equal(stdout, built.stdout)
  assert.match(stdout, /replicas: \$\{vars\.replicas\}/)
})

test('with a cluster its variables are filled in, each in its own type', async () => {
  const { stdout } = await render('-a', 'storefront', '-e', 'prod', '-c', 'prod-eu-north-1')
  const objects = manifests(stdout)
  assert.equal(objects.find(({ kind }) => kind === 'Deployment')?.spec?.replicas, 3)
  assert.equal(
    objects.find(({ kind }) => kind === 'Ingress')?.spec?.rules?.[0]?.host,
    'eu-north.tidewater.example',
  )
  assert.doesNotMatch(stdout, /\$\{(cluster|vars)\./)
})

test("the shell's own ${…} is left alone", async () => {
  const { stdout } = await render('-a', 'order-mailer', '-e', 'dev', '-c', 'dev-edge-1')
  assert.match(stdout, /on dev-edge-1 \(dry run: \$\{DRY_RUN:-true\}\)/)
})

test('an app that is not placed on the cluster answers no, and says where to look', async () => {
  const { exitCode, stderr } = await render('-a', 'edge-cache', '-e', 'prod', '-c', 'prod-eu-west-1')
  assert.equal(exitCode, exitCodes.no)
  assert.match(stderr, /edge-cache is not placed on prod-eu-west-1/)
  assert.match(stderr, /apps\/edge-cache\/app\.yaml/)
})

for (const args of [
  ['-a', 'nothing', '-e', 'prod'],
  ['-a', 'storefront', '-e', 'test'],
  ['-a', 'storefront', '-e', 'dev', '-c', 'prod-eu-west-1'],
  ['-a', 'storefront'],
]) {
  test(`${args.join(' ')} names nothing there is`, async () => {
    assert.equal((await render(...args)).exitCode, exitCodes.usage)
  })
}

test('a variable that the cluster lacks is named with its file and line', async (t) => {
  const fleet = copyOfSampleFleet(t)
  fleet.edit('clusters/dev-core-1.yaml', '    domain: dev.tidewater.example\n', '')
  const args = ['render', '-a', 'storefront', '-e', 'dev', '-c', 'dev-core-1']
  const { exitCode, stderr } = await runCaptured(args, { workingDirectory: fleet.directory })
  assert.equal(exitCode, exitCodes.no)
  assert.match(stderr, /^apps\/storefront\/base\/ingress\.yaml:\d+:\d+: \$\{vars\.domain\} in .*Ingress/)
})

test('a fault of another app does not matter', async (t) => {
  const fleet = copyOfSampleFleet(t)
  fleet.remove('apps/catalog-api/base/kustomization.yaml')
  const args = ['render', '-a', 'storefront', '-e', 'dev']
  const { exitCode } = await runCaptured(args, { workingDirectory: fleet.directory })
  assert.equal(exitCode, exitCodes.ok)
})
