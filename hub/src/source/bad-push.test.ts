import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { test } from 'node:test'
import { initRepository, temporaryDirectory, type WorkingTree } from '@roadstead/test/harness'
import { validateFleet } from './offline.ts'
import type { CommitGate, Refusal } from './push.ts'
import { smallFleet, startSource } from './testing.ts'

interface Setting extends AsyncDisposable {
  readonly work: WorkingTree
  readonly refusals: Refusal[]
  readonly heads: () => Promise<string | undefined>
}

/** A repository whose head is the small fleet, and a gate that checks all that can be checked offline. */
async function setUp({ empty = false } = {}): Promise<Setting> {
  const directory = temporaryDirectory('bad-push')
  const refusals: Refusal[] = []
  const gate: CommitGate = {
    check: async ({ tree }) => ({ problems: (await validateFleet(tree)).problems, summary: '' }),
    refused: async (refusal) => void refusals.push(refusal),
  }
  const server = await startSource({ directory: `${directory.path}/fleet.git` }, gate)
  const work = await initRepository(`${directory.path}/work`)
  await work.git('remote', 'add', 'origin', server.url)
  if (!empty) {
    await work.commit('good', smallFleet)
    const pushed = await work.push()
    assert.equal(pushed.code, 0, pushed.stderr)
  }
  return {
    work,
    refusals,
    heads: async () => (await server.source.head())?.commit.id,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      directory.remove()
    },
  }
}

/** Pushes, expects a refusal that leaves the head where it is, and returns what stood in the push's output. */
async function refused({ work, heads }: Setting, options: { force?: boolean } = {}): Promise<string> {
  const before = await heads()
  const { code, stderr } = await work.push(options)
  assert.notEqual(code, 0, stderr)
  assert.equal(await heads(), before)
  // Git pads what the remote says to wipe out its progress display.
  return stderr.replaceAll(/ +$/gm, '')
}

test('a broken file is named with commit, line and column, and with what to do', async () => {
  await using setting = await setUp()
  const good = await setting.heads()
  const bad = await setting.work.commit('bad', {
    'clusters/dev-1.yaml': 'kind: Cluster\nmetadata: {nam: x}\n',
  })
  const output = await refused(setting)
  assert.match(output, new RegExp(`remote: Rejected ${bad.slice(0, 10)}: 4 problems`))
  assert.match(
    output,
    /remote: {3}clusters\/dev-1\.yaml:2:12\nremote: {7}unknown field "nam"; did you mean "name"\? \[invalid-field\]/,
  )
  assert.match(
    output,
    new RegExp(`${good!.slice(0, 10)} stays in force. Correct this, commit again, and push.`),
  )
  const [refusal] = setting.refusals
  assert.equal(refusal?.commit.id, bad)
  assert.equal(refusal?.user, 'ada')
  assert.equal(refusal?.problems.length, 4)
})

test('a symbolic link is refused', async () => {
  await using setting = await setUp()
  symlinkSync('/etc/passwd', `${setting.work.directory}/apps/web/base/config-2.yaml`)
  await setting.work.commit('link')
  assert.match(
    await refused(setting),
    /apps\/web\/base\/config-2\.yaml\nremote: {7}a symbolic link; .*\[invalid-path\]/,
  )
})

test('a submodule is refused', async () => {
  await using setting = await setUp()
  const head = await setting.work.git('rev-parse', 'HEAD')
  await setting.work.git('update-index', '--add', '--cacheinfo', `160000,${head},apps/web/base/module`)
  await setting.work.git('commit', '--quiet', '-m', 'module')
  assert.match(await refused(setting), /apps\/web\/base\/module\nremote: {7}a submodule; .*\[invalid-path\]/)
})

test('a path that leaves the repository is refused with the line that says it', async () => {
  await using setting = await setUp()
  await setting.work.commit('out', {
    'apps/web/overlays/prod/kustomization.yaml': 'resources:\n  - ../../base\n  - ../../../../../secrets\n',
  })
  const output = await refused(setting)
  assert.match(
    output,
    /apps\/web\/overlays\/prod\/kustomization\.yaml:3:5\nremote: .*leaves the repository \[invalid-path, in prod\]/,
  )
})

test('an object of 2 MB, and a file of 5 MB, are refused by name', async () => {
  await using setting = await setUp()
  const map = (bytes: number) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big, namespace: shop}\ndata:\n  blob: ${'x'.repeat(bytes)}\n`
  await setting.work.commit('object', { 'apps/web/base/config.yaml': map(2_000_000) })
  assert.match(
    await refused(setting),
    /apps\/web\/base\/config\.yaml:3:18\nremote: {7}ConfigMap shop\/big has 2\d{6} bytes; .* 1500000 \[too-large, in dev, prod\]/,
  )
  await setting.work.commit('file', { 'apps/web/base/config.yaml': map(5_000_000) })
  assert.match(
    await refused(setting),
    /apps\/web\/base\/config\.yaml\nremote: {7}the file has 5\d{6} bytes; .*\[too-large\]/,
  )
})

test('a binary file where a manifest is wanted is refused', async () => {
  await using setting = await setUp()
  await setting.work.commit('binary', {
    'apps/web/base/config.yaml': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff]),
  })
  assert.match(
    await refused(setting),
    /apps\/web\/base\/.*\nremote: .*not UTF-8 text \[invalid-yaml, in dev, prod\]/,
  )
})

test('a fault of a base is said once, with the environments that are built on it', async () => {
  await using setting = await setUp()
  await setting.work.commit('gone', { 'apps/web/base/config.yaml': null })
  const output = await refused(setting)
  assert.match(output, /Rejected \w+: one problem\n/)
  assert.equal(output.match(/apps\/web\/base\/kustomization\.yaml:1:13$/gm)?.length, 1, output)
  assert.match(output, /there is no file .* \[render-failed, in dev, prod\]/)
  // The API shows it where it is looked for: in each environment.
  assert.deepEqual(
    setting.refusals[0]?.problems.map(({ environment }) => environment),
    ['dev', 'prod'],
  )
})

test('one object in two apps is refused, with both places', async () => {
  await using setting = await setUp()
  await setting.work.commit('twice', { 'apps/db/base/config.yaml': smallFleet['apps/web/base/config.yaml']! })
  const output = await refused(setting)
  assert.match(output, /apps\/web\/base\/config\.yaml:4:9\n/)
  assert.match(
    output,
    /ConfigMap shop\/web is in web and in db \(apps\/db\/base\/config\.yaml:4:9\), on dev-1, prod-1; one object belongs to one app \[ownership-conflict\]/,
  )
})

test('an undefined variable is refused with the clusters that lack it', async () => {
  await using setting = await setUp()
  await setting.work.commit('variable', {
    'apps/web/base/config.yaml': smallFleet['apps/web/base/config.yaml']!.replace('one', '${vars.missing}'),
  })
  assert.match(
    await refused(setting),
    /config\.yaml:7:10\nremote: .*\$\{vars\.missing\} in ConfigMap shop\/web \(\/data\/value\) is not defined for dev-1; .*\[undefined-variable, in dev\]/,
  )
})

test('history is not rewritten, with or without --force on the other side', async () => {
  await using setting = await setUp()
  await setting.work.git('commit', '--quiet', '--amend', '-m', 'rewritten')
  const output = await refused(setting, { force: true })
  assert.match(
    output,
    /does not build on \w{10}, the head of refs\/heads\/main: .*git revert.*\[non-fast-forward\]/,
  )
  assert.equal(setting.refusals[0]?.problems[0]?.code, 'non-fast-forward')
})

test('the branch can not be deleted', async () => {
  await using setting = await setUp()
  const before = await setting.heads()
  const { code, stderr } = await setting.work.tryGit('push', 'origin', ':refs/heads/main')
  assert.notEqual(code, 0)
  assert.match(stderr, /refs\/heads\/main can not be deleted: it says what clusters run/)
  assert.equal(await setting.heads(), before)
})

test('an empty commit into an empty repository is an empty repository', async () => {
  await using setting = await setUp({ empty: true })
  await setting.work.commit('nothing at all')
  const output = await refused(setting)
  assert.match(
    output,
    /remote: {3}the repository\nremote: {7}the repository is empty; .*\[empty-repository\]/,
  )
  assert.match(output, /Nothing was changed on any cluster. Correct this/)
})

test('another branch may hold anything, and changes nothing', async () => {
  await using setting = await setUp()
  const before = await setting.heads()
  await setting.work.commit('draft', { 'fleet.yaml': 'not: [a, fleet' })
  const { code, stderr } = await setting.work.push({ branch: 'draft' })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /Only refs\/heads\/main changes clusters/)
  assert.equal(await setting.heads(), before)
  assert.deepEqual(setting.refusals, [])
})

test('a name in a file can not write to the terminal of whoever pushes', async () => {
  await using setting = await setUp()
  await setting.work.commit('escape', { 'clusters/dev-1.yaml': '"\\e[2J\\a": 1\n' })
  const output = await refused(setting)
  assert.match(output, /unknown field/)
  assert.ok(!output.includes('\u001b[2J') && !output.includes('\u0007'))
})
