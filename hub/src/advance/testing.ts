import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createReleaseKeys, createSigner } from '@roadstead/proto'
import { initRepository, temporaryDirectory, type WorkingTree } from '@roadstead/test/harness'
import type { Database } from '../db/index.ts'
import { testDatabase } from '../db/testing.ts'
import { assign } from '../dispatch/index.ts'
import { createRenderer } from '../render/index.ts'
import type { Source } from '../source/index.ts'
import { startSource } from '../source/testing.ts'
import { createTelemetry } from '../telemetry/index.ts'
import { type Advance, type AdvanceOutcome, createAdvance } from './advance.ts'

export interface DownPath extends AsyncDisposable {
  readonly database: Database
  readonly source: Source
  readonly advance: Advance
  /** A clone whose `origin` is the source's repository. */
  readonly work: WorkingTree
  /** Where the source's repository lies. */
  readonly repository: string
  /** Advances to whatever the head is. */
  step(): Promise<AdvanceOutcome>
  /** Forgets what this process remembers, as a restart does. */
  restarted(): Advance
}

/** From a stock `git push` to rows in a real database; only the broker is missing. */
export async function startDownPath(): Promise<DownPath> {
  const directory = temporaryDirectory('advance')
  const test = await testDatabase()
  const telemetry = createTelemetry({ serviceName: 'test', version: '0', logLevel: 'silent' })
  const renderer = createRenderer()
  const { privateKey } = generateKeyPairSync('ed25519')
  const issuer = {
    signer: createSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    releaseKeys: createReleaseKeys(randomBytes(32)),
  }
  const create = () =>
    createAdvance({
      database: test.database,
      renderer,
      telemetry,
      assign: (transaction, decision) => assign(transaction, issuer, decision, 1_790_000_000_000),
    })
  const advance = create()
  const server = await startSource({ directory: `${directory.path}/fleet.git` }, advance.gate)
  const work = await initRepository(`${directory.path}/work`)
  await work.git('remote', 'add', 'origin', server.url)
  return {
    database: test.database,
    source: server.source,
    advance,
    work,
    repository: `${directory.path}/fleet.git`,
    async step() {
      const head = await server.source.head()
      if (!head) throw new Error('nothing was pushed')
      return advance.advance(head)
    },
    restarted: create,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await renderer.close()
      await telemetry.close()
      await test[Symbol.asyncDispose]()
      directory.remove()
    },
  }
}
