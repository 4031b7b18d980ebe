import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesSelector, parseFieldSelector, parseLabelSelector } from './selector.ts'

const LABELS = { app: 'web', tier: 'gold', 'example.com/rank': '5' }
const CASES: readonly [selector: string, matches: boolean][] = [
  ['', true],
  ['app=web', true],
  ['app==web,tier=gold', true],
  ['app!=web', false],
  ['other!=web', true],
  ['app in (api, web)', true],
  ['app notin (api,web)', false],
  ['other notin (api)', true],
  ['tier', true],
  ['!tier', false],
  ['!other', true],
  ['example.com/rank > 4', true],
  ['app in (web),!other,tier=gold', true],
]

for (const [selector, matches] of CASES) {
  test(`"${selector}" ${matches ? 'selects' : 'does not select'}`, () => {
    assert.equal(parseLabelSelector(selector)(LABELS), matches)
  })
}

test('a selector that cannot be read is a bad request', () => {
  assert.throws(() => parseLabelSelector('a b c'), { code: 400 })
})

test('field selectors compare any scalar of the object', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n' },
    status: { phase: 'Running' },
  }
  assert.ok(parseFieldSelector('metadata.name=p,status.phase!=Failed')(object))
  assert.ok(!parseFieldSelector('metadata.namespace=other')(object))
})

test('no selector selects nothing, an empty one everything', () => {
  assert.equal(matchesSelector(undefined, LABELS), false)
  assert.equal(matchesSelector({}, LABELS), true)
  const expressions = [{ key: 'tier', operator: 'NotIn', values: ['iron'] }]
  assert.equal(matchesSelector({ matchExpressions: expressions }, LABELS), true)
})
