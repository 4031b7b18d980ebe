import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { runCaptured } from '../../services/cli/src/testing/run-captured.ts'
import { badInputs, good } from './bad-input/cases.ts'
import { type Member, startWorld, type World } from './world/index.ts'

interface Problem {
  readonly code: string
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

const placeOf = ({ file, line, column }: Problem) =>
  [file, line, column].filter((part) => part !== undefined).join(':')

describe('a push that is refused', () => {
  let world: World
  let members: readonly Member[]
  let inForce: string

  before(async () => {
    world = await startWorld()
    inForce = await world.push('Start the fleet', good)
    members = await Promise.all(['dev-1', 'prod-1'].map((name) => world.join(name)))
    await world.settled(inForce)
    for (const { cluster } of members) cluster.counters.reset()
  })
  after(() => world?.[Symbol.asyncDispose]())

  const roadstead = (...args: string[]) => {
    const env = { ROADSTEAD_SERVER: world.hub.url, ROADSTEAD_TOKEN: new URL(world.hub.gitRemote).password }
    return runCaptured(args, { env, to: 'pipe', workingDirectory: world.repository.directory })
  }

  /** As the API and the CLI show it. */
  const rejected = async (commit: string, code: string): Promise<Problem> => {
    const { status, problems }: { status: string; problems: Problem[] } = await world.hub.get(
      `/v1/commits/${commit}`,
    )
    assert.equal(status, 'rejected')
    const problem = problems.find((each) => each.code === code)
    assert.ok(problem, JSON.stringify(problems))
    const { exitCode, stdout } = await roadstead('commits', commit)
    assert.equal(exitCode, 1)
    assert.ok(stdout.includes(commit))
    assert.ok(
      stdout.includes([placeOf(problem), problem.message].filter((part) => part !== '').join(': ')),
      stdout,
    )
    return problem
  }

  const assertNothingChanged = async () => {
    const { commit, clusters } = await world.hub.get('/v1/fleet/health')
    assert.equal(commit.inForce, inForce)
    assert.equal(clusters.healthy, 2)
    const { items } = await world.hub.get('/v1/clusters')
    for (const { generation } of items) assert.deepEqual(generation, { assigned: 1, offered: 1, accepted: 1 })
    for (const { cluster } of members) assert.deepEqual(cluster.counters.all(), {})
  }

  for (const { name, tree, alsoIn, code, place, says } of badInputs) {
    test(`for ${name} is explained by git, API and CLI alike, and changes no cluster`, async () => {
      alsoIn?.(world.repository.directory)
      const { commit, code: exitCode, stderr } = await world.tryPush(name, tree)
      const validated = await roadstead('validate')
      await world.repository.git('reset', '--quiet', '--hard', inForce)

      assert.notEqual(exitCode, 0)
      for (const part of [
        `Rejected ${commit.slice(0, 10)}`,
        place,
        `[${code}`,
        `${inForce.slice(0, 10)} stays`,
      ]) {
        assert.ok(stderr.includes(part), `${part} is not in:\n${stderr}`)
      }
      assert.match(stderr, says)

      const problem = await rejected(commit, code)
      assert.equal(placeOf(problem), place)
      assert.match(problem.message, says)

      assert.equal(validated.exitCode, 1)
      assert.ok(validated.stdout.includes(place), validated.stdout)
      assert.match(validated.stdout, says)
      await assertNothingChanged()
    })
  }

  test('for rewriting history is explained by git, API and CLI alike, and changes no cluster', async () => {
    await world.repository.git('commit', '--quiet', '--amend', '-m', 'Start the fleet otherwise')
    const commit = await world.repository.git('rev-parse', 'HEAD')
    const { code, stderr } = await world.repository.push({ force: true })
    await world.repository.git('reset', '--quiet', '--hard', inForce)
    assert.notEqual(code, 0)
    assert.match(stderr, /history is not rewritten here.*\[non-fast-forward\]/)
    await rejected(commit, 'non-fast-forward')
    await assertNothingChanged()
  })
})
