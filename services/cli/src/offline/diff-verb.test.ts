import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { runCaptured } from '../testing/run-captured.ts'
import { copyOfSampleFleet, sampleFleet } from '../testing/sample-fleet.ts'

const diff = (...args: string[]) => runCaptured(['diff', '--repo', sampleFleet, ...args])

test('two environments that differ are compared field by field, and the answer is 1', async () => {
  const { stdout, stderr, exitCode } = await diff('-a', 'storefront', '--from', 'dev', '--to', 'staging')
  assert.equal(stderr, '')
  assert.equal(exitCode, exitCodes.no)
  assert.equal(
    stdout,
    `storefront, - dev + staging

~ apps/Deployment storefront/storefront
  spec.template.spec.containers[name=web].image
    - nginxinc/nginx-unprivileged:1.27.4-alpine
    + nginxinc/nginx-unprivileged:1.27.3-alpine

Objects: 1 changed, 0 added, 0 removed.
`,
  )
})

test('an app that is the same answers 0', async (t) => {
  const fleet = copyOfSampleFleet(t)
  fleet.edit('apps/storefront/overlays/dev/kustomization.yaml', '1.27.4', '1.27.3')
  const args = ['diff', '-a', 'storefront', '--from', 'dev', '--to', 'staging']
  const { stdout, exitCode } = await runCaptured(args, { workingDirectory: fleet.directory })
  assert.equal(exitCode, exitCodes.ok)
  assert.equal(stdout, 'storefront is the same in dev and staging.\n')
})

test('every app of the sample fits into 80 columns, and nothing is cut in a pipe', async () => {
  for (const app of [
    'storefront',
    'catalog-api',
    'catalog-db',
    'order-mailer',
    'feature-flags',
    'edge-cache',
  ]) {
    const { stdout } = await diff('-a', app, '--from', 'dev', '--to', 'prod')
    assert.ok(stdout.length > 0)
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
    const args = ['diff', '--repo', sampleFleet, '-a', app, '--from', 'dev', '--to', 'prod']
    const piped = (await runCaptured(args, { to: 'pipe' })).stdout.replaceAll(/sha256:\w{12}…/g, '')
    assert.ok(!piped.includes('…'), piped)
  }
})

test('JSON has each object with its fields on both sides', async () => {
  const { stdout, exitCode } = await diff(
    '-a',
    'storefront',
    '--from',
    'dev',
    '--to',
    'staging',
    '-o',
    'json',
  )
  assert.equal(exitCode, exitCodes.no)
  assert.deepEqual(JSON.parse(stdout), {
    app: 'storefront',
    from: 'dev',
    to: 'staging',
    same: false,
    objects: [
      {
        change: 'changed',
        object: 'apps/Deployment storefront/storefront',
        fields: [
          {
            path: 'spec.template.spec.containers[name=web].image',
            from: 'nginxinc/nginx-unprivileged:1.27.4-alpine',
            to: 'nginxinc/nginx-unprivileged:1.27.3-alpine',
          },
        ],
      },
    ],
  })
})

test('a text of many lines shows the lines that differ', async (t) => {
  const fleet = copyOfSampleFleet(t)
  fleet.append(
    'apps/storefront/overlays/dev/kustomization.yaml',
    `configMapGenerator:
  - name: site
    behavior: merge
    literals:
      - "index.html=a\\nb\\nc\\nd\\n"
`,
  )
  fleet.append(
    'apps/storefront/overlays/staging/kustomization.yaml',
    `configMapGenerator:
  - name: site
    behavior: merge
    literals:
      - "index.html=a\\nb\\nC\\nd\\n"
`,
  )
  const args = ['diff', '-a', 'storefront', '--from', 'dev', '--to', 'staging']
  const { stdout } = await runCaptured(args, { workingDirectory: fleet.directory })
  assert.match(stdout, /^~ ConfigMap storefront\/site-\w{10}\n {2}was ConfigMap storefront\/site-\w{10}$/m)
  assert.match(stdout, /^ {2}data\["index\.html"\]\n {6}…\n {6}b\n {4}- c\n {4}\+ C\n {6}d\n/m)
})

test('a value that changes its type alone is still seen to change', async (t) => {
  const fleet = copyOfSampleFleet(t)
  for (const [environment, value] of [
    ['dev', '"3"'],
    ['staging', '3'],
  ]) {
    fleet.append(
      `apps/storefront/overlays/${environment}/kustomization.yaml`,
      `patches:\n  - target: {kind: Ingress}\n    patch: '[{"op": "add", "path": "/spec/x", "value": ${value}}]'\n`,
    )
  }
  const args = ['diff', '-a', 'storefront', '--from', 'dev', '--to', 'staging']
  const { stdout } = await runCaptured(args, { workingDirectory: fleet.directory })
  assert.match(stdout, /^ {2}spec\.x\n {4}- "3"\n {4}\+ 3\n/m)
})

test('values of Secrets are never shown', async (t) => {
  const fleet = copyOfSampleFleet(t)
  for (const [environment, password] of [
    ['dev', 'hunter2'],
    ['staging', 'correct-horse'],
  ]) {
    fleet.append(
      `apps/storefront/overlays/${environment}/kustomization.yaml`,
      `secretGenerator:\n  - name: login\n    literals: [password=${password}]\n`,
    )
  }
  const args = ['diff', '-a', 'storefront', '--from', 'dev', '--to', 'staging']
  for (const format of ['table', 'json', 'yaml']) {
    const { stdout } = await runCaptured([...args, '-o', format], { workingDirectory: fleet.directory })
    assert.match(stdout, /sha256:\w{12}…/)
    for (const secret of ['hunter2', 'correct-horse']) {
      assert.ok(!stdout.includes(secret) && !stdout.includes(Buffer.from(secret).toString('base64')))
    }
  }
})

for (const [args, message] of [
  [['-a', 'storefrnt', '--from', 'dev', '--to', 'prod'], /there is no app storefrnt/],
  [['-a', 'storefront', '--from', 'dev', '--to', 'pord'], /does not run in pord/],
  [['-a', 'storefront', '--from', 'dev', '--to', 'dev'], /--from and --to are both dev/],
] as const) {
  test(`${args.join(' ')} can not be compared`, async () => {
    const { exitCode, stderr } = await diff(...args)
    assert.equal(exitCode, exitCodes.usage)
    assert.match(stderr, message)
  })
}

test('what does not build can not be compared, and is named with its place', async (t) => {
  const fleet = copyOfSampleFleet(t)
  fleet.remove('apps/storefront/base/service.yaml')
  const args = ['diff', '-a', 'storefront', '--from', 'dev', '--to', 'staging']
  const { exitCode, stderr } = await runCaptured(args, { workingDirectory: fleet.directory })
  assert.equal(exitCode, exitCodes.usage)
  assert.match(stderr, /^apps\/storefront\/base\/kustomization\.yaml:\d+:\d+: .*service\.yaml/)
})
