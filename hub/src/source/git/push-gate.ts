import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseJson } from '@roadstead/proto'
import * as v from 'valibot'
import type { ObjectEnvironment } from './command.ts'

/** One ref that a push wants to move. An id of zeros stands for a ref that is not there. */
export interface RefUpdate {
  readonly from: string
  readonly to: string
  readonly ref: string
}

/** A push that waits for an answer; its objects are readable in this environment only. */
export interface Push<Context> {
  readonly context: Context
  readonly updates: readonly RefUpdate[]
  readonly environment: ObjectEnvironment
}

export interface PushAnswer {
  readonly accepted: boolean
  /** Shown to whoever pushes, line by line. */
  readonly text: string
}

export interface PushGate<Context> {
  /**
   * Announces a push that Git is about to receive; the variables are for that Git process alone.
   * To be forgotten when the process has ended.
   */
  announce(context: Context): { readonly variables: Readonly<Record<string, string>>; forget(): void }
  close(): Promise<void>
}

const QuestionSchema = v.object({
  push: v.string(),
  updates: v.string(),
  // A push that brings no objects, a deletion for instance, has no quarantine.
  environment: v.object({
    GIT_QUARANTINE_PATH: v.exactOptional(v.string()),
    GIT_OBJECT_DIRECTORY: v.exactOptional(v.string()),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: v.exactOptional(v.string()),
  }),
})

const maxQuestionBytes = 1024 * 1024

/**
 * Installs the repository's pre-receive hook and answers it on a Unix socket. Only a Git process that we
 * started knows a push's token, so nobody else can ask.
 *
 * @param decide must not throw: what it can not decide it refuses
 */
export async function openPushGate<Context>(
  repository: string,
  decide: (push: Push<Context>) => Promise<PushAnswer>,
): Promise<PushGate<Context>> {
  installHook(repository)
  const announced = new Map<string, Context>()
  const place = socketPlace()
  const server = createServer((socket) => {
    serve(socket, async (line) => {
      const question = v.safeParse(QuestionSchema, parseJson(line))
      const context = question.success ? announced.get(question.output.push) : undefined
      if (!question.success || context === undefined) return refusal('This push is not known to the hub.')
      const { updates, environment } = question.output
      if (!isInside(environment.GIT_OBJECT_DIRECTORY ?? 'objects', repository))
        return refusal('Not this repository.')
      return decide({ context, updates: parseUpdates(updates), environment: objectEnvironment(environment) })
    })
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(place.path, listening)
  })
  chmodSync(place.path, 0o600)
  return {
    announce(context) {
      const token = crypto.randomUUID()
      announced.set(token, context)
      return {
        variables: { ROADSTEAD_SOCKET: place.path, ROADSTEAD_PUSH: token },
        forget: () => void announced.delete(token),
      }
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => {
          place.remove()
          closed()
        })
      }),
  }
}

const refusal = (text: string): PushAnswer => ({ accepted: false, text })

function installHook(repository: string): void {
  const program = fileURLToPath(new URL('../scripts/pre-receive.mjs', import.meta.url))
  const script = `#!/bin/sh\nexec ${shellWord(process.execPath)} ${shellWord(program)}\n`
  mkdirSync(join(repository, 'hooks'), { recursive: true })
  const hook = join(repository, 'hooks', 'pre-receive')
  const written = `${hook}.${crypto.randomUUID()}`
  // Renamed into place: another replica may be receiving a push, and half a hook would let everything in.
  writeFileSync(written, script, { mode: 0o755 })
  renameSync(written, hook)
}

const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/**
 * In a directory of this process alone: replicas may share the repository, and each answers for the pushes
 * that came to it. Short, too: a socket's path may have a hundred bytes.
 */
function socketPlace(): { path: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-'))
  return {
    path: join(directory, 'push.sock'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

function serve(socket: Socket, answer: (line: string) => Promise<PushAnswer>): void {
  let question = ''
  socket.setEncoding('utf8')
  socket.on('error', () => {})
  socket.on('data', (text: string) => {
    question += text
    if (question.length > maxQuestionBytes) socket.destroy()
    else if (question.endsWith('\n')) {
      answer(question)
        .catch(() => refusal('The hub could not read the push.'))
        .then((given) => socket.end(JSON.stringify(given)))
    }
  })
}

/** `<from> <to> <ref>`, a line for each. */
export const parseUpdates = (text: string): RefUpdate[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [from = '', to = '', ref = ''] = line.split(' ')
      return { from, to, ref }
    })

const isInside = (path: string, directory: string): boolean =>
  resolve(directory, path).startsWith(`${resolve(directory)}${sep}`)

const objectEnvironment = (environment: Record<string, string | undefined>): ObjectEnvironment =>
  Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined),
  ) as ObjectEnvironment
