import { setTimeout as delay } from 'node:timers/promises'
import { type ConsumerMessages, type JsMsg, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { reportsConsumer, streams } from '@roadstead/proto'
import { type Database, databaseError } from '../db/index.ts'
import { limits } from './limits.ts'
import { decodeReceived, type Received } from './received.ts'
import { takeBatch } from './store.ts'
import type { IntakeTelemetry } from './telemetry.ts'

interface Delivery {
  readonly message: JsMsg
  readonly received: Received
}

export interface ReportEdges {
  readonly connection: NatsConnection
  readonly database: Database
  readonly telemetry: IntakeTelemetry
  readonly random: () => number
  /** Told of what a cluster sent that can not be used. */
  readonly onRefused: (subject: string, error: unknown) => void
}

/**
 * Takes reports from the shared consumer into the database until the signal is aborted. A message is
 * acknowledged after the transaction that holds it has committed, and only then; one that can never be
 * taken is terminated, so that it stops nobody else's.
 */
export async function takeReports(edges: ReportEdges, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const consumer = await jetstream(edges.connection).consumers.get(streams.reports, reportsConsumer)
      const messages = await consumer.consume({
        max_messages: limits.reportsAhead,
        abort_on_missing_resource: true,
      })
      failures = 0
      await takeMessages(messages, edges, signal).finally(() => messages.stop())
    } catch (error) {
      if (!signal.aborted) edges.telemetry.consumerLost(error)
    }
    if (edges.connection.isClosed()) return
    await pause(failures, edges.random, signal)
  }
}

/**
 * Takes what is there, up to the limit: while one batch is written, the next one gathers. Ends with the
 * signal, once what has already come is taken.
 */
async function takeMessages(
  messages: ConsumerMessages,
  edges: ReportEdges,
  signal: AbortSignal,
): Promise<void> {
  const iterator = messages[Symbol.asyncIterator]()
  // Stopping drops what has come and is not handed out yet: it waits until there is nothing.
  let isIdle = false
  signal.addEventListener('abort', () => isIdle && messages.stop(), { once: true })
  const ask = () => {
    const asked = iterator.next()
    // It is awaited in its turn; until then its failure is nobody's.
    asked.catch(() => {})
    return asked
  }
  let next = ask()
  for (;;) {
    const gathered: JsMsg[] = []
    isIdle = !signal.aborted
    if (isIdle) await next
    isIdle = false
    // What has come is handed out before the event loop turns. (`getPending` also counts requests sent.)
    const turn = new Promise<undefined>((resolve) => setImmediate(resolve, undefined))
    let result = await Promise.race([next, turn])
    while (result !== undefined && !result.done) {
      gathered.push(result.value)
      next = ask()
      if (gathered.length >= limits.reportsPerBatch) break
      result = await Promise.race([next, turn])
    }
    await take(
      gathered.flatMap((message) => decode(message, edges)),
      edges,
      signal,
    )
    if (result?.done || (signal.aborted && gathered.length < limits.reportsPerBatch)) return
  }
}

function decode(message: JsMsg, { telemetry, onRefused }: ReportEdges): Delivery[] {
  try {
    return [{ message, received: decodeReceived(message.subject, message.data) }]
  } catch (error) {
    telemetry.reportRefused(message.subject, error)
    onRefused(message.subject, error)
    message.term('undecodable')
    return []
  }
}

/** Writes and acknowledges a batch. While the database does not answer, it waits and tries again. */
async function take(deliveries: readonly Delivery[], edges: ReportEdges, signal: AbortSignal): Promise<void> {
  if (deliveries.length === 0) return
  const batch = deliveries.map(({ received }) => received)
  for (let failures = 0; ; failures++) {
    const startedAt = performance.now()
    try {
      const projection = await takeBatch(edges.database, batch)
      for (const { message } of deliveries) message.ack()
      edges.telemetry.batchTaken(batch, projection, performance.now() - startedAt)
      return
    } catch (error) {
      const failure = databaseError(error)
      if (failure.retry !== 'retry') return takeApart(deliveries, failure, edges, signal)
      edges.telemetry.writeFailed(batch.length, failure)
      if (signal.aborted) return
      // They are in good hands: the broker need not give them to another replica.
      for (const { message } of deliveries) message.working()
      await pause(failures, edges.random, signal)
    }
  }
}

/** The database refuses a batch for good: halves it until the one report that it can not take stands alone. */
async function takeApart(
  deliveries: readonly Delivery[],
  failure: unknown,
  edges: ReportEdges,
  signal: AbortSignal,
): Promise<void> {
  const [first, ...rest] = deliveries
  if (first === undefined) return
  if (rest.length === 0) {
    edges.telemetry.reportRefused(first.message.subject, failure)
    edges.onRefused(first.message.subject, failure)
    first.message.term('refused by the database')
    return
  }
  const middle = deliveries.length >> 1
  await take(deliveries.slice(0, middle), edges, signal)
  await take(deliveries.slice(middle), edges, signal)
}

async function pause(failures: number, random: () => number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(limits.retryFirstMs * 2 ** failures, limits.retryLongestMs)
  await delay(longest * (0.5 + random() / 2), undefined, { signal }).catch(() => {})
}
