import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeAnswer, encodeAsk, subjects } from '@roadstead/proto'
import { until } from '../../../test/harness/index.ts'
import { configMap, createBench, healthyAt, receipts, testCluster } from '../testing/run-agent.ts'

test('asked for a report, an agent says everything again', async (t) => {
  const { broker, start } = await createBench(t)
  start()
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [configMap('one')] }] })
  await healthyAt(broker, 'web', 1)
  const before = broker.reports.length
  const answer = await broker.request(subjects.ask(testCluster), encodeAsk({ kind: 'report' }))
  assert.deepEqual(decodeAnswer(answer), { kind: 'ok' })
  const again = await until(() => {
    const news = broker.reports.slice(before)
    return receipts(news).length > 0 && news.some(({ kind }) => kind === 'app') && news
  })
  assert.equal(receipts(again)[0]?.generation, 1)
})

test('a request that is none is answered with what is wrong with it', async (t) => {
  const { broker, start } = await createBench(t)
  start()
  const answer = await until(() =>
    broker.request(subjects.ask(testCluster), Buffer.from('{"kind":"delete-all"}')),
  )
  const decoded = decodeAnswer(answer)
  assert.equal(decoded.kind === 'error' && decoded.problem.code, 'undecodable')
})
