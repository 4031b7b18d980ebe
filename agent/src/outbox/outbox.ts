import {
  type Clock,
  type ClusterName,
  canonicalJson,
  createBell,
  encodeReport,
  parseJson,
  type Report,
  reportMessageId,
  timeText,
} from '@roadstead/proto'
import type { StateStore } from '../disk.ts'
import type { Link } from '../link/index.ts'
import { coalescingKey, overflowing, type Statement } from './coalesce.ts'

export interface OutboxEdges {
  readonly cluster: ClusterName
  readonly link: Link
  readonly store: StateStore
  readonly clock: Clock
  readonly random: () => number
  readonly onTrouble: (error: unknown) => void
}

/** Reports on their way to the hub: kept until the broker has stored them, in the order they were made. */
export interface Outbox {
  /** Reads what an earlier run left unsent, and begins a new boot. Call once, first. */
  load(): Promise<void>
  /** Never blocks and never fails: the report leaves when there is a broker. */
  put(statement: Statement): void
  /** Sends until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>
  readonly boot: number
  readonly unsent: number
}

const bootName = 'outbox/boot'
const unsentName = 'outbox/unsent.json'
const maxReports = 5_000
/** A report that leaves within this is never written to disk. */
const writeDelayMs = 200
const retryFirstMs = 250
const retryMaxMs = 15_000

export function createOutbox(edges: OutboxEdges): Outbox {
  const { cluster, link, store, clock, random } = edges
  const waiting = new Map<string, Report>()
  let boot = 1
  let seq = 0
  const news = createBell()
  const connected = createBell()
  let writer: NodeJS.Timeout | undefined

  /** Whether the file on disk lists reports. */
  let written = false

  const persist = async (): Promise<void> => {
    writer = undefined
    if (waiting.size === 0 && !written) return
    written = waiting.size > 0
    await store.write(unsentName, canonicalJson([...waiting.values()])).catch(edges.onTrouble)
  }
  const persistSoon = (): void => {
    writer ??= setTimeout(() => void persist(), writeDelayMs)
  }

  const oldest = (): [string, Report] | undefined => waiting.entries().next().value

  const send = async (key: string, report: Report, signal: AbortSignal): Promise<void> => {
    await link.report(reportMessageId(cluster, report.boot, report.seq), encodeReport(report), signal)
    // A newer one may have taken its place while this one was on its way.
    if (waiting.get(key) === report) waiting.delete(key)
    persistSoon()
  }

  return {
    get boot() {
      return boot
    },
    get unsent() {
      return waiting.size
    },

    async load() {
      const last = Number(Buffer.from((await store.read(bootName)) ?? []).toString('utf8')) || 0
      boot = Math.max(clock.now(), last + 1)
      await store.write(bootName, String(boot))
      const unsent = await store.read(unsentName)
      const reports = unsent ? (parseJson(Buffer.from(unsent).toString('utf8')) as unknown as Report[]) : []
      written = reports.length > 0
      for (const report of reports) waiting.set(coalescingKey(report), report)
    },

    put(statement) {
      seq += 1
      const key = coalescingKey(statement)
      const report = { ...statement, boot, seq, at: timeText(clock.now()) } as Report
      // Deleted first: a map keeps the place of a key that is set again, and order is part of the promise.
      waiting.delete(key)
      waiting.set(key, report)
      for (const dropped of overflowing(waiting, maxReports)) waiting.delete(dropped)
      persistSoon()
      news.ring()
    },

    async run(signal) {
      link.onConnected(connected.ring)
      let waitMs = retryFirstMs
      while (!signal.aborted) {
        const next = oldest()
        if (!next) {
          await news.wait(signal)
          continue
        }
        try {
          await send(...next, signal)
          waitMs = retryFirstMs
        } catch (error) {
          if (signal.aborted) break
          if (link.connected) edges.onTrouble(error)
          await connected.wait(signal, waitMs * (0.5 + random()))
          waitMs = Math.min(waitMs * 2, retryMaxMs)
        }
      }
      clearTimeout(writer)
      await persist()
    },
  }
}
