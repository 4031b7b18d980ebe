import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { test } from 'node:test'
import { RoadsteadError } from '@roadstead/proto'
import { initRepository, temporaryDirectory } from '@roadstead/test/harness'
import { acceptAll, smallFleet, startSource } from './testing.ts'

const author = { name: 'Grace', email: 'grace@example.com' }

async function setUp(gate = acceptAll) {
  const directory = temporaryDirectory('commit')
  const server = await startSource({ directory: `${directory.path}/fleet.git` }, gate)
  const work = await initRepository(`${directory.path}/work`)
  await work.git('remote', 'add', 'origin', server.url)
  work.write({ ...smallFleet, 'tools/run.sh': '#!/bin/sh\n' })
  chmodSync(`${work.directory}/tools/run.sh`, 0o755)
  await work.commit('first')
  const pushed = await work.push()
  assert.equal(pushed.code, 0, pushed.stderr)
  const head = await server.source.head()
  return {
    work,
    source: server.source,
    expectedHead: head!.commit.id,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      directory.remove()
    },
  }
}

test('a commit adds, changes and removes files, keeps the rest with its modes, and is a commit to stock git', async () => {
  await using setting = await setUp()
  const { source, work, expectedHead } = setting
  const made = await source.commitFiles({
    edits: new Map([
      ['apps/web/overlays/prod/pin.yaml', 'new: file\n'],
      ['apps/db/base/config.yaml', 'changed: true\n'],
      ['clusters/dev-1.yaml', null],
      ['tools/run.sh', '#!/bin/bash\n'],
    ]),
    message: 'Promote web\n\nBecause it is good.',
    author,
    expectedHead,
  })
  assert.ok(made.accepted)
  await work.git('pull', '--quiet', 'origin', 'main')
  assert.equal(await work.git('rev-parse', 'HEAD'), made.commit)
  assert.equal(
    await work.git('log', '-1', '--format=%an <%ae>|%s|%b|%P'),
    `Grace <grace@example.com>|Promote web|Because it is good.|${expectedHead}`.replace('good.|', 'good.\n|'),
  )
  assert.deepEqual((await work.git('diff', '--name-status', 'HEAD^')).split('\n'), [
    'M\tapps/db/base/config.yaml',
    'A\tapps/web/overlays/prod/pin.yaml',
    'D\tclusters/dev-1.yaml',
    'M\ttools/run.sh',
  ])
  assert.match(await work.git('ls-files', '--stage', 'tools/run.sh'), /^100755 /)
  assert.equal((await work.tryGit('fsck', '--strict')).code, 0)
})

test('a head that has moved is a conflict, to be retried', async () => {
  await using setting = await setUp()
  const { source, work, expectedHead } = setting
  await work.commit('second')
  await work.push()
  const late = source.commitFiles({ edits: new Map([['x', 'y']]), message: 'late', author, expectedHead })
  await assert.rejects(
    late,
    (error) => error instanceof RoadsteadError && error.code === 'conflict' && error.retry === 'retry',
  )
})

test('two commits on the same head: one wins', async () => {
  await using setting = await setUp()
  const { source, expectedHead } = setting
  const attempts = ['a', 'b', 'c'].map((name) =>
    source.commitFiles({ edits: new Map([[name, name]]), message: name, author, expectedHead }),
  )
  const results = await Promise.allSettled(attempts)
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  const lost = results.filter((result) => result.status === 'rejected')
  assert.ok(lost.every(({ reason }) => reason instanceof RoadsteadError && reason.code === 'conflict'))
})

test('a commit that does not pass the check moves nothing', async () => {
  let isStrict = false
  await using setting = await setUp({
    check: async () => ({ problems: isStrict ? [{ code: 'invalid-yaml', message: 'no' }] : [], summary: '' }),
    refused: async () => {},
  })
  isStrict = true
  const { source, expectedHead } = setting
  const made = await source.commitFiles({
    edits: new Map([['x', 'y']]),
    message: 'bad',
    author,
    expectedHead,
  })
  assert.deepEqual(made, { accepted: false, problems: [{ code: 'invalid-yaml', message: 'no' }] })
  assert.equal((await source.head())?.commit.id, expectedHead)
})

test('a path that is none is refused', async () => {
  await using setting = await setUp()
  const { source, expectedHead } = setting
  for (const path of ['../out', '/etc/passwd', 'a//b', '.git/config', 'a/.GIT/x', '']) {
    const made = source.commitFiles({ edits: new Map([[path, 'x']]), message: 'm', author, expectedHead })
    await assert.rejects(
      made,
      (error) => error instanceof RoadsteadError && error.code === 'invalid-path',
      path,
    )
  }
})
