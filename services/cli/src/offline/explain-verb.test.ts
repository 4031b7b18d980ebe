import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { commitAll } from '../testing/commit-all.ts'
import { runCaptured } from '../testing/run-captured.ts'
import { copyOfSampleFleet, type FleetCopy, sampleFleet } from '../testing/sample-fleet.ts'

interface Repository {
  readonly fleet: FleetCopy
  readonly commit: string
  explain(...args: string[]): Promise<string>
}

function committedFleet(test: TestContext): Repository {
  const fleet = copyOfSampleFleet(test)
  const commit = commitAll(fleet.directory, 'Add the fleet')
  return {
    fleet,
    commit,
    async explain(...args) {
      const { stdout, stderr, exitCode } = await runCaptured(['explain', '-a', 'storefront', ...args], {
        workingDirectory: fleet.directory,
      })
      assert.equal(exitCode, exitCodes.ok, stderr)
      return stdout
    },
  }
}

const image = ['Deployment/storefront', 'spec.template.spec.containers[name=web].image']

test('a field names file, line and commit of what set it last and of what that replaced', async (t) => {
  const { commit, explain } = committedFleet(t)
  const text = await explain('-e', 'prod', ...image)
  const id = commit.slice(0, 10)
  assert.match(text, /^apps\/Deployment storefront\/storefront of storefront in prod$/m)
  assert.match(text, /^ {2}set by {2}apps\/storefront\/overlays\/prod\/kustomization\.yaml:6:5$/m)
  assert.match(text, /^ {2}over {4}apps\/storefront\/base\/deployment\.yaml:12:18$/m)
  assert.match(text, /^ {10}image: nginxinc\/nginx-unprivileged:1\.27\.3-alpine$/m)
  assert.match(text, new RegExp(`^ {10}${id} \\d{4}-\\d\\d-\\d\\d Ada Fleet: Add the fleet$`, 'm'))
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
})

test('a line that is not committed says so, and a later commit takes the line over', async (t) => {
  const { fleet, commit, explain } = committedFleet(t)
  fleet.edit('apps/storefront/overlays/prod/resources.yaml', 'cpu: 200m', 'cpu: 300m')
  const cpu = ['Deployment/storefront', 'spec.template.spec.containers[name=web].resources.requests.cpu']
  const dirty = await explain('-e', 'prod', ...cpu)
  assert.match(dirty, /set by.*resources\.yaml:16:20\n {10}cpu: 300m\n {10}not committed\n/)
  assert.match(
    dirty,
    new RegExp(`over.*deployment\\.yaml:27:20\\n {10}cpu: 50m\\n {10}${commit.slice(0, 10)}`),
  )
  const later = commitAll(fleet.directory, 'More for the storefront')
  assert.match(
    await explain('-e', 'prod', ...cpu),
    new RegExp(`cpu: 300m\\n {10}${later.slice(0, 10)} \\S+ Ada Fleet: More for the storefront`),
  )
})

test('without Git everything is explained but the commits', async () => {
  const args = ['explain', '--repo', sampleFleet, '-a', 'storefront', '-e', 'dev', ...image, '-o', 'json']
  const { stdout, exitCode } = await runCaptured(args, { env: { PATH: '/nowhere' } })
  assert.equal(exitCode, exitCodes.ok)
  const { fields } = JSON.parse(stdout) as { fields: { value: string; setBy: { file: string }[] }[] }
  assert.equal(fields[0]?.value, 'nginxinc/nginx-unprivileged:1.27.4-alpine')
  assert.equal(fields[0]?.setBy[0]?.file, 'apps/storefront/overlays/dev/kustomization.yaml')
})

test('a variable names the file of each cluster, and of one cluster the line with its commit', async (t) => {
  const { commit, explain } = committedFleet(t)
  const replicas = ['Deployment/storefront', 'spec.replicas']
  const everywhere = await explain('-e', 'prod', ...replicas)
  assert.match(everywhere, /^ {4}prod-eu-north-1 {2}3 {2}clusters\/prod-eu-north-1\.yaml:13:15$/m)
  const here = await explain('-e', 'prod', '-c', 'prod-eu-north-1', ...replicas)
  assert.match(here, /^ {2}on prod-eu-north-1: 3$/m)
  assert.match(
    here,
    new RegExp(
      `\\$\\{vars\\.replicas\\} {2}clusters/prod-eu-north-1\\.yaml:13:15\\n +replicas: 3\\n +${commit.slice(0, 10)}`,
    ),
  )
})

test('a pinned base is explained at its pin', async (t) => {
  const { fleet, commit, explain } = committedFleet(t)
  fleet.write(
    'apps/storefront/overlays/staging/pin.yaml',
    `apiVersion: roadstead.dev/v1\nkind: Pin\nspec:\n  commit: ${commit}\n`,
  )
  fleet.edit('apps/storefront/base/service.yaml', 'port: 80\n', 'port: 81\n')
  const head = commitAll(fleet.directory, 'Pin, and move on')
  const port = ['Service/storefront', 'spec.ports[0].port']
  const id = commit.slice(0, 10)
  assert.match(
    await explain('-e', 'staging', ...port),
    new RegExp(`port: 80\\n {2}set by .*service\\.yaml:8:13 at ${id}\\n {10}port: 80\\n {10}${id} `, 'm'),
  )
  assert.match(await explain('-e', 'dev', ...port), new RegExp(`port: 81\\n {10}${head.slice(0, 10)} `))
})

test('without a field there is a line for each, and files are called as seen from where the command runs', async (t) => {
  const { fleet, commit } = committedFleet(t)
  const { stdout } = await runCaptured(
    ['explain', '--repo', '../..', '-a', 'storefront', '-e', 'prod', 'Service/storefront'],
    { workingDirectory: join(fleet.directory, 'apps', 'storefront'), to: 'pipe' },
  )
  assert.match(
    stdout,
    new RegExp(
      `^spec\\.ports\\[name=http\\]\\.port: 80\\n {2}base/service\\.yaml:8:13 {2}${commit.slice(0, 10)} Ada Fleet$`,
      'm',
    ),
  )
})

for (const [args, message] of [
  [['-a', 'storefrnt', '-e', 'prod', ...image], /there is no app storefrnt; did you mean storefront\?/],
  [['-a', 'storefront', '-e', 'pord', ...image], /does not run in pord; did you mean prod\?/],
  [['-a', 'storefront', '-e', 'prod', 'Deployment/store'], /did you mean Deployment\/storefront\?/],
  [['-a', 'storefront', '-e', 'prod', 'Deployment/storefront', 'spec.replica'], /did you mean replicas\?/],
  [['-a', 'storefront', '-e', 'prod', '-c', 'prod-eu-north-2', ...image], /did you mean prod-eu-north-1/],
  [['-a', 'storefront', '-e', 'prod', 'storefront'], /names no object; write Kind\/name/],
] as const) {
  test(`${args.join(' ')} names nothing there is`, async () => {
    const { exitCode, stderr, stdout } = await runCaptured(['explain', '--repo', sampleFleet, ...args])
    assert.equal(exitCode, exitCodes.usage)
    assert.equal(stdout, '')
    assert.match(stderr, message)
  })
}

test('what does not build answers no, with the place of the fault', async (t) => {
  const { fleet } = committedFleet(t)
  fleet.remove('apps/storefront/base/service.yaml')
  const { exitCode, stderr } = await runCaptured(['explain', '-a', 'storefront', '-e', 'prod', ...image], {
    workingDirectory: fleet.directory,
  })
  assert.equal(exitCode, exitCodes.no)
  assert.match(
    stderr,
    /apps\/storefront\/base\/kustomization\.yaml:\d+:\d+: .*service\.yaml.*\(render-failed\)/,
  )
})
