import type { ChildProcess } from 'node:child_process'
import { RoadsteadError } from '@roadstead/proto'
import type { Git, ObjectEnvironment } from './command.ts'

export interface GitObject {
  readonly type: string
  readonly content: Buffer
}

/**
 * Reads objects through one long-lived `git cat-file --batch`. Requests are answered in order, so many can
 * be under way at once. A process that ends is started again by the next request.
 */
export interface ObjectReader extends Disposable {
  /** @throws RoadsteadError `unavailable` when the process ends before it answered */
  read(name: string): Promise<GitObject | undefined>
}

export function objectReader(git: Git, environment: ObjectEnvironment = {}): ObjectReader {
  let batch: Batch | undefined
  return {
    read(name) {
      batch = batch?.isOpen ? batch : new Batch(git, environment)
      return batch.request(name)
    },
    [Symbol.dispose]: () => batch?.close(),
  }
}

interface Waiting {
  resolve(object: GitObject | undefined): void
  reject(error: Error): void
}

interface Header {
  readonly type: string
  readonly bytes: number
}

const lineFeed = 0x0a

class Batch {
  isOpen = true
  readonly #child: ChildProcess
  readonly #waiting: Waiting[] = []
  #header: Header | undefined
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(git: Git, environment: ObjectEnvironment) {
    this.#child = git.spawn(['cat-file', '--batch'], environment, {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.#child.stdout!.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#child.stdin!.on('error', () => this.close())
    this.#child.once('error', () => this.close())
    this.#child.once('close', () => this.close())
  }

  request(name: string): Promise<GitObject | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<GitObject | undefined>()
    this.#waiting.push({ resolve, reject })
    this.#child.stdin!.write(`${name}\n`)
    return promise
  }

  close(): void {
    this.isOpen = false
    this.#child.kill()
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new RoadsteadError('unavailable', 'git cat-file ended while it was asked', { retry: 'retry' }))
    }
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    while (this.#step()) {}
  }

  /** Reads one header or one content, if all of it is there. */
  #step(): boolean {
    if (this.#header) return this.#content(this.#header)
    const buffer = this.#joined()
    const end = buffer.indexOf(lineFeed)
    if (end < 0) return false
    const [, type = '', size] = buffer.toString('latin1', 0, end).split(' ')
    this.#keep(buffer.subarray(end + 1))
    if (size === undefined) this.#waiting.shift()?.resolve(undefined)
    else this.#header = { type, bytes: Number(size) }
    return true
  }

  #content({ type, bytes }: Header): boolean {
    // One line feed follows the content.
    if (this.#bytes < bytes + 1) return false
    const buffer = this.#joined()
    this.#header = undefined
    this.#keep(buffer.subarray(bytes + 1))
    this.#waiting.shift()?.resolve({ type, content: Buffer.from(buffer.subarray(0, bytes)) })
    return true
  }

  #joined(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]!
  }

  #keep(rest: Buffer): void {
    this.#chunks = [rest]
    this.#bytes = rest.byteLength
  }
}
