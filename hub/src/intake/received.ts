import {
  type ClusterName,
  decodeReport,
  parseClusterName,
  type Report,
  RoadsteadError,
} from '@roadstead/proto'

/** A report and who sent it: the cluster is the subject's last token, which the broker guards. */
export interface Received {
  readonly cluster: ClusterName
  readonly report: Report
}

/**
 * Reads one message of the report stream.
 *
 * @throws RoadsteadError `undecodable` or `too-large`, and nothing else
 */
export function decodeReceived(subject: string, data: Uint8Array): Received {
  const cluster = parseClusterName(subject.slice(subject.lastIndexOf('.') + 1))
  if (cluster === undefined)
    throw new RoadsteadError('undecodable', `the subject ${subject} names no cluster`)
  const report = decodeReport(data)
  for (const time of timesOf(report)) {
    if (Number.isNaN(Date.parse(time))) {
      throw new RoadsteadError('undecodable', `the ${report.kind} report has the impossible time ${time}`)
    }
  }
  return { cluster, report: escaped(data) ? storable(report) : report }
}

function timesOf(report: Report): string[] {
  switch (report.kind) {
    case 'receipt':
      return [report.at]
    case 'app':
      return [report.at, ...[report.accepted, report.applied, report.healthy].flatMap((m) => m?.at ?? [])]
    case 'drift':
      return [report.at, report.detectedAt, ...(report.endedAt === undefined ? [] : [report.endedAt])]
  }
}

/** Only a `\u` escape can bring what PostgreSQL can not store. */
const escaped = (data: Uint8Array): boolean =>
  Buffer.from(data.buffer, data.byteOffset, data.length).includes('\\u')

/** The same value with texts that PostgreSQL stores: no NUL, no half of a surrogate pair. */
function storable<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed() as T
  if (Array.isArray(value)) return value.map(storable) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, storable(member)])) as T
}
