import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { events } from '../testing/details.ts'
import { recordedHub } from '../testing/recorded-hub.ts'
import { memoryOutput, runCaptured } from '../testing/run-captured.ts'

test('--follow prints events as they come, until Ctrl-C', async (t) => {
  const interrupt = new AbortController()
  const hub = await recordedHub(t, {
    'GET /v1/events': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const event of events.toReversed()) {
        response.write(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      }
    },
  })
  const stdout = memoryOutput(false)
  const write = stdout.output.write.bind(stdout.output)
  // The second event is the last one that this reader waits for.
  const watched = Object.assign(stdout.output, {
    write: (text: string) => {
      const result = write(text)
      if (stdout.text().split('\n').length > events.length)
        interrupt.abort(new DOMException('SIGINT', 'AbortError'))
      return result
    },
  })
  const { exitCode } = await runCaptured(['events', '--follow', '-o', 'json', '--server', hub.url], {
    stdout: watched,
    signal: interrupt.signal,
  })
  assert.equal(exitCode, exitCodes.interrupted)
  const lines = stdout.text().trim().split('\n')
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { id: string }).id),
    ['7-41', '7-42'],
  )
})
