import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RenderJob, RenderOutcome } from './job.ts'
import { renderThread } from './thread.ts'

const jobOf = (directory: string, file: string): RenderJob => ({
  purpose: 'release',
  directory,
  directories: new Map([
    ['', [{ name: directory, kind: 'directory' }]],
    [
      directory,
      [
        { name: 'kustomization.yaml', kind: 'file' },
        { name: 'a.yaml', kind: 'file' },
      ],
    ],
  ]),
  files: new Map([
    [`${directory}/kustomization.yaml`, Buffer.from('resources: [a.yaml]\n')],
    [`${directory}/a.yaml`, Buffer.from(file)],
  ]),
})

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`

const nameIn = (outcome: RenderOutcome): string | undefined =>
  outcome.kind === 'rendered' ? outcome.rendered.objects[0]?.text : outcome.kind

test('each of many builds gets its own outcome, in whatever order they end', async () => {
  const thread = renderThread()
  const names = Array.from({ length: 40 }, (_, index) => `map-${index}`)
  // Every third is broken: a fault ends its own build alone.
  const outcomes = await Promise.all(
    names.map((name, index) => thread.run(jobOf(name, index % 3 === 2 ? 'a: [' : configMap(name)))),
  )
  assert.deepEqual(
    outcomes.map(nameIn),
    names.map((name, index) => (index % 3 === 2 ? 'problems' : `ConfigMap ${name}`)),
  )
  await thread.close()
})

test('a build that ends the thread is a problem of its own; those behind it are built on another', async () => {
  const thread = renderThread()
  // A job that is not what it says it is makes the thread fail outside of the renderer's reach.
  const broken = { ...jobOf('broken', configMap('x')), files: 7 } as unknown as RenderJob
  const jobs = [jobOf('a', configMap('a')), broken, jobOf('b', configMap('b')), jobOf('c', configMap('c'))]
  const outcomes = await Promise.all(jobs.map((job) => thread.run(job)))
  assert.deepEqual(outcomes.map(nameIn), ['ConfigMap a', 'problems', 'ConfigMap b', 'ConfigMap c'])
  const [, failed] = outcomes
  assert.ok(failed?.kind === 'problems')
  assert.equal(failed.problems[0]?.file, 'broken')
  assert.equal(nameIn(await thread.run(jobOf('d', configMap('d')))), 'ConfigMap d')
  await thread.close()
})

test('a thread that is closed gives up what it was at, and starts again when it is needed', async () => {
  const thread = renderThread()
  const running = [thread.run(jobOf('a', configMap('a'))), thread.run(jobOf('b', configMap('b')))]
  await thread.close()
  for (const outcome of await Promise.all(running)) {
    assert.ok(outcome.kind === 'problems')
    assert.match(outcome.problems[0]?.message ?? '', /closed/)
  }
  assert.equal(nameIn(await thread.run(jobOf('c', configMap('c')))), 'ConfigMap c')
  await thread.close()
})
