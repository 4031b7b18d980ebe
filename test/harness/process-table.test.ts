import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startProgram } from './process.ts'
import { findProcess, parsePsLine, processTable } from './process-table.ts'

test('a process is found by its id, with its command line, parent, start and cost', async () => {
  const before = Date.now()
  await using program = await startProgram('sleep', { args: ['1003'] })
  const row = await findProcess(program.pid)
  assert.equal(row?.command, 'sleep 1003')
  assert.equal(row?.parentPid, process.pid)
  assert.ok(Math.abs(row.startedMs - before) < 5_000, `${row.startedMs} is about ${before}`)
  assert.ok(row.residentBytes > 0)
})

test('the table has us, with the time that we used, and no process that ended', async () => {
  const program = await startProgram('sleep', { args: ['1004'] })
  await program.kill()
  const table = await processTable()
  const self = table.find(({ pid }) => pid === process.pid)
  assert.ok(self !== undefined && self.cpuMs > 0)
  assert.equal(await findProcess(program.pid), undefined)
  assert.ok(!table.some(({ pid }) => pid === program.pid))
})

test("a line of ps is read, of a Mac's too", () => {
  const line = '  812     1  10240   1:02.50 Fri Nov 20 19:50:33 2026     /usr/bin/node /src/main.ts  '
  assert.deepEqual(parsePsLine(line), {
    pid: 812,
    parentPid: 1,
    startedMs: new Date(2026, 10, 20, 19, 50, 33).getTime(),
    command: '/usr/bin/node /src/main.ts',
    cpuMs: 62_500,
    residentBytes: 10_485_760,
  })
  const days = parsePsLine('1 0 4 2-01:00:01 Fri Nov 20 19:50:33 2026 init')
  assert.equal(days?.cpuMs, ((2 * 24 + 1) * 3_600 + 1) * 1_000)
  assert.equal(parsePsLine(''), undefined)
})
