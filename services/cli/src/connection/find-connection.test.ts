import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { clientFile, findConnection } from './find-connection.ts'

const sandbox = { server: 'http://127.0.0.1:7070', token: 'of-the-sandbox' }

/** A directory two levels below the one that holds the sandbox's file. */
function insideSandbox(test: TestContext, content: string = JSON.stringify(sandbox)): string {
  const root = mkdtempSync(join(tmpdir(), 'roadstead-cli-'))
  test.after(() => rmSync(root, { recursive: true }))
  mkdirSync(dirname(join(root, clientFile)), { recursive: true })
  writeFileSync(join(root, clientFile), content)
  const below = join(root, 'apps', 'storefront')
  mkdirSync(below, { recursive: true })
  return below
}

test('inside the sandbox nothing needs to be said', (t) => {
  assert.deepEqual(findConnection({}, {}, insideSandbox(t)), sandbox)
})

test('an option wins over the environment, the environment over the file', (t) => {
  const directory = insideSandbox(t)
  const env = { ROADSTEAD_SERVER: 'https://env.example', ROADSTEAD_TOKEN: 'env' }
  assert.deepEqual(findConnection({}, env, directory), { server: 'https://env.example', token: 'env' })
  assert.deepEqual(findConnection({ server: 'https://option.example/', token: 'option' }, env, directory), {
    server: 'https://option.example',
    token: 'option',
  })
})

test("the sandbox's token is not handed to another server", (t) => {
  const directory = insideSandbox(t)
  assert.equal(findConnection({ server: 'https://elsewhere.example' }, {}, directory).token, undefined)
  assert.equal(findConnection({ server: `${sandbox.server}/` }, {}, directory).token, sandbox.token)
})

test('no server anywhere is a mistake on the command line, with what to do', () => {
  assert.throws(() => findConnection({}, { ROADSTEAD_SERVER: '' }, '/'), {
    exitCode: exitCodes.usage,
    advice: /--server/,
  })
})

test('a server is an http(s) URL', () => {
  for (const server of ['fleet.example.com', 'ftp://fleet.example.com', '']) {
    assert.throws(() => findConnection({ server }, {}, '/'), { exitCode: exitCodes.usage })
  }
})

test('a broken file is named', (t) => {
  const directory = insideSandbox(t, '{"server":')
  assert.throws(() => findConnection({}, {}, directory), {
    exitCode: exitCodes.usage,
    message: /client\.json/,
  })
})
