import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initRepository, temporaryDirectory } from '@roadstead/test/harness'
import { validateFleet } from './offline.ts'
import type { CommitGate } from './push.ts'
import { configMap, smallFleet, startSource } from './testing.ts'

const gate: CommitGate = {
  check: async ({ tree }) => {
    const { problems, renders } = await validateFleet(tree)
    const digests = [...(renders?.get('web' as never)?.values() ?? [])].flatMap((render) =>
      [...render.releases.values()].map(({ release }) => release.digest.slice(7, 17)),
    )
    return { problems, summary: digests.join(' ') }
  },
  refused: async () => {},
}

const pinTo = (commit: string) => `apiVersion: roadstead.dev/v1\nkind: Pin\nspec:\n  commit: ${commit}\n`

test('a pinned base stays as it was while the head moves on, and the pin must be in the history', async () => {
  using directory = temporaryDirectory('pin')
  await using server = await startSource({ directory: `${directory.path}/fleet.git` }, gate)
  const work = await initRepository(`${directory.path}/work`)
  await work.git('remote', 'add', 'origin', server.url)
  const pushed = async (): Promise<string[]> => {
    const { code, stderr } = await work.push()
    assert.equal(code, 0, stderr)
    return /Accepted \w+: (\w+) (\w+)/.exec(stderr)!.slice(1)
  }
  const pin = 'apps/web/overlays/prod/pin.yaml'
  const first = await work.commit('first', smallFleet)
  const [oldDev, oldProd] = await pushed()
  assert.equal(oldDev, oldProd)

  // The pin and the commit it names may come in one push.
  await work.commit('pin and move on', {
    [pin]: pinTo(first),
    'apps/web/base/config.yaml': configMap('web', 'two'),
  })
  const [dev, prod] = await pushed()
  assert.equal(prod, oldProd)
  assert.notEqual(dev, oldDev)

  await work.git('checkout', '--quiet', '--orphan', 'elsewhere')
  const stranger = await work.commit('not in the history of main')
  await work.push({ branch: 'elsewhere' })
  await work.git('checkout', '--quiet', 'main')
  await work.commit('pin to a stranger', { [pin]: pinTo(stranger) })
  const { code, stderr } = await work.push()
  assert.notEqual(code, 0)
  assert.match(
    stderr,
    new RegExp(`pin.yaml:4:11\\s+remote:\\s+the commit ${stranger} is not in this repository's history`),
  )
})
