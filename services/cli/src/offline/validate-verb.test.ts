import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { runCaptured } from '../testing/run-captured.ts'
import { copyOfSampleFleet, type FleetCopy, sampleFleet } from '../testing/sample-fleet.ts'

test('the sample fleet is valid', async () => {
  const { stdout, stderr, exitCode } = await runCaptured(['validate', sampleFleet])
  assert.equal(stdout, 'Valid: 3 environments, 12 clusters, 6 apps, 18 releases with 108 objects.\n')
  assert.equal(stderr, '')
  assert.equal(exitCode, exitCodes.ok)
})

async function validate(test: TestContext, breakIt: (fleet: FleetCopy) => void): Promise<string> {
  const fleet = copyOfSampleFleet(test)
  breakIt(fleet)
  const { stdout, exitCode } = await runCaptured(['validate'], { workingDirectory: fleet.directory })
  assert.equal(exitCode, exitCodes.no, stdout)
  return stdout
}

/** Each fault, and what the reader gets: where it is to the column, what it is, and its code. */
const faults: [string, (fleet: FleetCopy) => void, RegExp][] = [
  [
    'broken YAML',
    (fleet) => fleet.write('clusters/dev-core-1.yaml', 'kind: Cluster\nmetadata: [\n'),
    /^clusters\/dev-core-1\.yaml:3:1: .* \(invalid-yaml\)$/m,
  ],
  [
    'an unknown field',
    (fleet) => fleet.edit('apps/storefront/app.yaml', 'dependsOn', 'dependOn'),
    /^apps\/storefront\/app\.yaml:8:3: unknown field "dependOn"; did you mean "dependsOn"\? \(invalid-field\)$/m,
  ],
  [
    'a missing overlay',
    (fleet) => fleet.remove('apps/storefront/overlays/prod'),
    /^apps\/storefront\/app\.yaml:\d+:\d+: storefront runs in prod but has no overlay there.*\(missing-overlay\)$/m,
  ],
  [
    'a cycle of dependencies',
    (fleet) => fleet.edit('apps/catalog-db/app.yaml', '  prune:', '  dependsOn: [storefront]\n  prune:'),
    /^apps\/catalog-api\/app\.yaml:7:15: .*catalog-api → catalog-db → storefront → catalog-api \(cycle\)$/m,
  ],
  [
    'a cycle of environments',
    (fleet) => fleet.edit('fleet.yaml', '- name: dev\n', '- name: dev\n      after: [prod]\n'),
    /^fleet\.yaml:10:14: .*dev → prod → staging → dev \(cycle\)$/m,
  ],
  [
    'a cluster in an unknown environment',
    (fleet) => fleet.edit('clusters/prod-us-east-1.yaml', 'environment: prod', 'environment: production'),
    /^clusters\/prod-us-east-1\.yaml:9:16: there is no environment production; .* \(invalid-reference\)$/m,
  ],
  [
    'two apps that own one object',
    (fleet) =>
      fleet.append('apps/order-mailer/base/kustomization.yaml', '# shared\n') ??
      fleet.edit('apps/feature-flags/base/namespace.yaml', 'name: feature-flags', 'name: storefront'),
    /^apps\/\S+\/base\/namespace\.yaml:\d+:\d+: Namespace storefront is in .* \(ownership-conflict\)$/m,
  ],
  [
    'a 5 MB file',
    (fleet) => fleet.write('apps/storefront/base/big.yaml', 'x'.repeat(5_000_000)),
    /^apps\/storefront\/base\/big\.yaml: the file has 5000000 bytes; .* \(too-large\)$/m,
  ],
  [
    'a path that leaves the repository',
    (fleet) =>
      fleet.edit('apps/storefront/overlays/dev/kustomization.yaml', '../../base', '../../../../../base'),
    /^apps\/storefront\/overlays\/dev\/kustomization\.yaml:4:5: .*leaves the repository.*\(invalid-path, in dev\)$/m,
  ],
  [
    'a symbolic link',
    (fleet) => symlinkSync('/etc/passwd', join(fleet.directory, 'apps/storefront/base/passwd')),
    /^apps\/storefront\/base\/passwd: a symbolic link.* \(invalid-path\)$/m,
  ],
  [
    'an empty directory',
    (fleet) => {
      for (const path of ['apps', 'clusters', 'fleet.yaml', 'README.md']) fleet.remove(path)
    },
    /^the repository is empty.* \(empty-repository\)$/m,
  ],
  [
    'a variable that some clusters lack',
    (fleet) => fleet.edit('clusters/prod-us-east-1.yaml', '    domain: tidewater.example\n', ''),
    /^apps\/\S+:\d+:\d+: \$\{vars\.domain\} in .* is not defined for prod-us-east-1.*\(undefined-variable, in prod\)$/m,
  ],
]

for (const [name, breakIt, expected] of faults) {
  test(`${name} is refused by name and place`, async (t) => {
    assert.match(await validate(t, breakIt), expected)
  })
}

test('a fault of a base is said once, with the environments it breaks', async (t) => {
  const stdout = await validate(t, (fleet) =>
    fleet.edit('apps/storefront/base/kustomization.yaml', '  - service.yaml\n', '  - services.yaml\n'),
  )
  assert.match(
    stdout,
    /^apps\/storefront\/base\/kustomization\.yaml:11:5: .*services\.yaml \(render-failed, in dev, staging, prod\)\n\nInvalid: 1 problem\.\n$/,
  )
})

test('the JSON form has every problem with its parts', async (t) => {
  const fleet = copyOfSampleFleet(t)
  fleet.edit('apps/storefront/app.yaml', 'dependsOn', 'dependOn')
  const { stdout, exitCode } = await runCaptured(['validate', fleet.directory, '-o', 'json'])
  assert.equal(exitCode, exitCodes.no)
  const { valid, problems } = JSON.parse(stdout) as { valid: boolean; problems: Record<string, unknown>[] }
  assert.equal(valid, false)
  assert.equal(problems[0]?.code, 'invalid-field')
  assert.deepEqual(
    [problems[0]?.file, problems[0]?.line, problems[0]?.column],
    ['apps/storefront/app.yaml', 8, 3],
  )
})

test('files are named as seen from where the command runs', async (t) => {
  const fleet = copyOfSampleFleet(t)
  fleet.edit('apps/storefront/app.yaml', 'dependsOn', 'dependOn')
  const workingDirectory = join(fleet.directory, 'apps', 'catalog-api')
  const { stdout } = await runCaptured(['validate', '../..'], { workingDirectory })
  assert.match(stdout, /^\.\.\/storefront\/app\.yaml:8:3: /)
})

test('a directory that is not there is a wrong command line', async () => {
  assert.equal((await runCaptured(['validate', '/nowhere'])).exitCode, exitCodes.usage)
})

test('a pinned base is read from its commit, and a commit that is not in the history is refused', async (t) => {
  const fleet = copyOfSampleFleet(t)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], {
      cwd: fleet.directory,
      encoding: 'utf8',
    }).trim()
  git('init', '--quiet', '--initial-branch=main')
  git('add', '.')
  git('commit', '--quiet', '--message=first')
  const pin = (commit: string) =>
    fleet.write(
      'apps/storefront/overlays/prod/pin.yaml',
      `apiVersion: roadstead.dev/v1\nkind: Pin\nspec:\n  commit: ${commit}\n`,
    )
  pin(git('rev-parse', 'HEAD'))
  // What is wrong in the base now is not wrong in the one that prod is pinned to.
  fleet.edit('apps/storefront/base/kustomization.yaml', '  - service.yaml\n', '  - services.yaml\n')
  const { stdout } = await runCaptured(['validate', fleet.directory])
  assert.match(stdout, /\(render-failed, in dev, staging\)\n\nInvalid: 1 problem\.\n$/)
  const rendered = await runCaptured(['render', '--repo', fleet.directory, '-a', 'storefront', '-e', 'prod'])
  assert.match(rendered.stdout, /^kind: Service$/m)

  pin('0123456789abcdef0123456789abcdef01234567')
  const lost = await runCaptured(['validate', fleet.directory])
  assert.match(
    lost.stdout,
    /pin\.yaml:4:11: the commit 0123456789abcdef.* is not in this repository's history/,
  )
})
