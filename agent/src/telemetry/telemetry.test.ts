import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClusterName, RoadsteadError } from '@roadstead/proto'
import type { LogFields } from './log.ts'
import { createTelemetry } from './telemetry.ts'

test('what a log line is about has the names that spans have', () => {
  const lines: LogFields[] = []
  const keep = (fields: LogFields) => void lines.push(fields)
  const log = { debug: keep, info: keep, warn: keep, error: keep }
  const telemetry = createTelemetry('dev-1' as ClusterName, log)
  telemetry.assignmentRefused('bad-signature', 7, 'not genuine')
  telemetry.appChanged('web', 'applied', 'Healthy', undefined)
  telemetry.trouble('reporting', new RoadsteadError('unavailable', 'no broker'))
  assert.deepEqual(lines, [
    { 'roadstead.cluster': 'dev-1', 'roadstead.generation': 7, 'roadstead.code': 'bad-signature' },
    {
      'roadstead.cluster': 'dev-1',
      'roadstead.app': 'web',
      phase: 'applied',
      health: 'Healthy',
      reason: undefined,
    },
    { 'roadstead.cluster': 'dev-1', 'roadstead.code': 'unavailable' },
  ])
})
