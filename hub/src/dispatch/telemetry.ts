import { codeOf, messageOf, type RoadsteadError } from '@roadstead/proto'
import { attributes, type Telemetry } from '../telemetry/index.ts'
import type { Difference } from './compare.ts'
import type { Published } from './publish.ts'

/** What dispatch tells about itself; one function per event, each writes its counters and its log line. */
export interface DispatchTelemetry {
  published(published: Published, milliseconds: number): void
  audited(difference: Difference): void
  collected(releases: number): void
  failed(error: unknown): void
}

export function dispatchTelemetry({ logger, meter, span }: Telemetry): DispatchTelemetry {
  const messages = meter.createCounter('roadstead.dispatch.published', {
    description: 'What the broker acknowledged, by kind',
  })
  const batches = meter.createHistogram('roadstead.dispatch.batch.duration', {
    description: 'Time to publish a batch of the outbox',
    unit: 'ms',
  })
  const restored = meter.createCounter('roadstead.dispatch.restored', {
    description: 'What the broker turned out to lack, by kind',
  })
  const failures = meter.createCounter('roadstead.dispatch.failures', {
    description: 'Failed attempts to bring the broker up to date, by code',
  })
  const collections = meter.createCounter('roadstead.dispatch.collected', {
    description: 'Releases removed because nothing referred to them',
  })
  return {
    published({ releases, assignments, refused }, milliseconds) {
      messages.add(releases, { kind: 'release' })
      messages.add(assignments.length, { kind: 'assignment' })
      batches.record(milliseconds)
      logger.info({ [attributes.count]: assignments.length, releases, milliseconds }, 'published')
      for (const error of refused) tellRefused(error)
      markTraces(span, published(assignments))
    },
    audited({ releases, assignments, overtaken }) {
      restored.add(releases.length, { kind: 'release' })
      restored.add(assignments.length, { kind: 'assignment' })
      restored.add(overtaken.size, { kind: 'overtaken' })
      if (releases.length + assignments.length + overtaken.size === 0) return
      const counts = { releases: releases.length, assignments: assignments.length, overtaken: overtaken.size }
      logger.warn(counts, 'the broker is behind the database; putting back what it lacks')
    },
    collected(count) {
      collections.add(count)
      logger.info({ [attributes.count]: count }, 'releases removed that nothing refers to')
    },
    failed(error) {
      failures.add(1, { code: codeOf(error) })
      logger.warn({ [attributes.code]: codeOf(error) }, `dispatch waits: ${messageOf(error)}`)
    },
  }

  function tellRefused(error: RoadsteadError): void {
    failures.add(1, { code: error.code })
    logger.error({ [attributes.code]: error.code }, `the broker takes no such message: ${messageOf(error)}`)
  }
}

/** How many assignments of each trace. */
function published(assignments: Published['assignments']): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { traceparent } of assignments) {
    if (traceparent !== null) counts.set(traceparent, (counts.get(traceparent) ?? 0) + 1)
  }
  return counts
}

function markTraces(span: Telemetry['span'], counts: ReadonlyMap<string, number>): void {
  for (const [parent, count] of counts) {
    void span('publish', { parent, attributes: { [attributes.count]: count } }, async () => {})
  }
}
