/** A hostile agent that sends as much as it can: it is bounded by itself, and no other cluster notices. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { headers } from '@nats-io/transport-node'
import { directGetAssignment, headers as headerNames, limits, streams, subjects } from '@roadstead/proto'
import { findNatsServers, until } from '../harness/index.ts'
import { connectAttacker, mine, other, type Stage, setTheStage } from './hostile/stage.ts'

for (const { path: binary, version } of await findNatsServers()) {
  describe(`an agent that floods a broker of version ${version}`, () => {
    let stage: Stage
    before(async () => {
      stage = await setTheStage(binary)
      await stage.assign(other, 1)
    })
    after(() => stage?.[Symbol.asyncDispose]())

    test('fills its own share of the reports, and takes nobody else its place', async () => {
      const { attacker, victim, manager } = stage
      for (let i = 0; i < 3_000; i++) attacker.connection.publish(subjects.report(mine), 'x'.repeat(100))
      const refused = (await attacker.connection.request(subjects.report(mine), 'more')).json<Ack>()
      assert.match(refused.error?.description ?? '', /maximum messages per subject/i)
      const report = await victim.request(subjects.report(other), '{}')
      assert.equal(report.json<Ack>().stream, streams.reports)
      const { state } = await manager.streams.info(streams.reports, { subjects_filter: '>' })
      assert.ok((state.subjects?.[subjects.report(mine)] ?? 0) <= 1_000)
      await manager.streams.purge(streams.reports)
    })

    test('can not sweep away reports by headers, nor use up the message ids of another', async () => {
      const { attacker, victim, manager } = stage
      await victim.request(subjects.report(other), '{}')
      for (const [name, value] of [
        ['Nats-Rollup', 'all'],
        ['Nats-Rollup', 'sub'],
        ['Nats-TTL', '1s'],
        [headerNames.messageId, 'other-1-2'],
      ] as const) {
        const header = headers()
        header.set(name, value)
        await attacker.connection.request(subjects.report(mine), '{}', { headers: header, timeout: 5_000 })
      }
      const header = headers()
      header.set(headerNames.messageId, 'other-1-2')
      await until(async () => {
        const ack = await victim.request(subjects.report(other), '{}', { headers: header, timeout: 5_000 })
        return ack.json<Ack>().duplicate !== true
      })
      const { state } = await manager.streams.info(streams.reports, { subjects_filter: '>' })
      assert.equal(state.subjects?.[subjects.report(other)], 2)
    })

    test('is cut off for a message that is too large', async () => {
      const { nats, operator } = stage
      const { connection, complaints } = await connectAttacker(nats, operator)
      const fits = 'x'.repeat(limits.reportBytes)
      const ack = await connection.request(subjects.report(mine), fits)
      assert.equal(ack.json<Ack>().stream, streams.reports)
      // The client's own check is a courtesy that an attacker does not extend.
      const { info } = connection as { info?: { max_payload: number } }
      assert.equal(info?.max_payload, limits.agentPayloadBytes)
      info.max_payload = Number.MAX_SAFE_INTEGER
      connection.publish(subjects.report(mine), 'x'.repeat(limits.agentPayloadBytes + 1))
      await connection.closed()
      assert.match(complaints.join(), /maximum payload/i)
      const own = await stage.victim.request(directGetAssignment(other))
      assert.ok(own.data.length > 0)
    })

    test('has a handful of subscriptions', async () => {
      const { nats, operator } = stage
      const { connection, complaints } = await connectAttacker(nats, operator)
      const subscribe = (name: string) =>
        void connection.subscribe(`${subjects.inbox(mine)}.${name}`, { callback: () => {} })
      for (let i = 0; i < 5; i++) subscribe(`few.${i}`)
      await connection.flush()
      assert.deepEqual(complaints, [])
      for (let i = 0; i < 50; i++) subscribe(`many.${i}`)
      await until(() => complaints.some((text) => /maximum subscriptions/i.test(text)))
      await connection.close()
    })
  })
}

interface Ack {
  readonly stream?: string
  readonly duplicate?: boolean
  readonly error?: { readonly description?: string }
}
