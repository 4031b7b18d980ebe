import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterCorrection, fightLimits, noFight, planCorrection } from './fight.ts'

function afterCorrections(count: number, everyMs: number) {
  let record = noFight
  for (let index = 0; index < count; index += 1) record = afterCorrection(record, index * everyMs)
  return record
}

test('the first corrections are immediate', () => {
  assert.deepEqual(planCorrection(noFight, 0), { delayMs: 0, fight: false })
  assert.deepEqual(planCorrection(afterCorrections(2, 10), 20), { delayMs: 0, fight: false })
})

test('from then on each waits twice as long, up to five minutes', () => {
  assert.deepEqual(planCorrection(afterCorrections(3, 10), 30), { delayMs: 1_000, fight: true })
  assert.deepEqual(planCorrection(afterCorrections(5, 10), 50), { delayMs: 4_000, fight: true })
  assert.equal(planCorrection(afterCorrections(24, 10), 240).delayMs, fightLimits.maxDelayMs)
})

test('once nobody fought for the window, it is forgotten', () => {
  const record = afterCorrections(5, 10)
  assert.equal(planCorrection(record, 40 + fightLimits.windowMs + 1).fight, false)
})

test('a rival who comes back as slowly as we do is still a rival', () => {
  let record = noFight
  let now = 0
  for (let round = 0; round < 12; round += 1) {
    now += planCorrection(record, now).delayMs + 50
    record = afterCorrection(record, now)
  }
  assert.equal(planCorrection(record, now + 50).fight, true)
})
