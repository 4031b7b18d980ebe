/**
 * What Git runs in the middle of a push, as `hooks/pre-receive`. It hands the question to the hub, which
 * waits on a Unix socket, prints what the hub says (Git shows it as `remote: …`) and ends with the hub's
 * exit code. A program of its own in plain JavaScript: it starts with every push, and imports nothing.
 */
import { createConnection } from 'node:net'

const { ROADSTEAD_SOCKET: socketPath, ROADSTEAD_PUSH: push, ...environment } = process.env

if (!socketPath || !push) {
  process.stderr.write('Push through the hub, at its URL that ends in /git/fleet.git\n')
  process.exit(1)
}

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const question = {
  push,
  updates: Buffer.concat(chunks).toString('utf8'),
  environment: Object.fromEntries(
    ['GIT_QUARANTINE_PATH', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES'].flatMap((name) =>
      environment[name] === undefined ? [] : [[name, environment[name]]],
    ),
  ),
}

let answer = ''
const socket = createConnection(socketPath)
socket.setEncoding('utf8')
socket.on('data', (text) => {
  answer += text
})
socket.on('error', (error) => {
  process.stderr.write(`The hub does not answer (${error.message}). Nothing was changed; push again.\n`)
  process.exit(1)
})
socket.on('end', () => {
  const { text, accepted } =
    answer === '' ? { text: 'The hub went away. Push again.', accepted: false } : JSON.parse(answer)
  process.stderr.write(`${text}\n`, () => process.exit(accepted ? 0 : 1))
})
socket.write(`${JSON.stringify(question)}\n`)
