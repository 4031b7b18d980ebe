import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { RoadsteadError } from '@roadstead/proto'
import { attributes, createTelemetry } from './index.ts'

const options = { serviceName: 'hub', version: '0', logLevel: 'silent' } as const

test('a span continues the trace it is given and has a traceparent of its own', async () => {
  const telemetry = createTelemetry(options)
  const outer = await telemetry.span('outer', {}, async (span) => span.traceparent)
  const inner = await telemetry.span('inner', { parent: outer }, async (span) => span.traceparent)
  assert.match(outer, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  assert.equal(inner.slice(0, 35), outer.slice(0, 35))
  assert.notEqual(inner, outer)
  assert.notEqual(
    (await telemetry.span('b', { parent: 'junk' }, async (s) => s.traceparent)).slice(0, 35),
    outer.slice(0, 35),
  )
  await telemetry.close()
})

test('spans reach an OTLP collector, failures with their code', async () => {
  const bodies: Buffer[] = []
  const collector = createServer((request, response) => {
    request.on('data', (chunk) => bodies.push(chunk))
    request.on('end', () => response.end('{}'))
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const { port } = collector.address() as AddressInfo
  const telemetry = createTelemetry({ ...options, otlpEndpoint: `http://127.0.0.1:${port}` })
  const failing = telemetry.span('render', { attributes: { [attributes.app]: 'web' } }, async () => {
    throw new RoadsteadError('render-failed', 'no base')
  })
  await assert.rejects(failing, /no base/)
  await telemetry.close()
  collector.closeAllConnections()
  collector.close()
  const sent = Buffer.concat(bodies).toString('latin1')
  for (const word of ['render', 'roadstead.app', 'web', 'render-failed']) assert.ok(sent.includes(word), word)
})

test('metrics are readable by Prometheus', async () => {
  const telemetry = createTelemetry(options)
  telemetry.meter
    .createCounter('roadstead.reports', { description: 'Reports taken in' })
    .add(3, { kind: 'app' })
  assert.match(await telemetry.metricsText(), /roadstead_reports_total\{kind="app".*\} 3/)
  await telemetry.close()
})
