import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAccount, createOperator, createUser, fromSeed, type KeyPair } from '@nats-io/nkeys'
import { keyBytes, RoadsteadError } from '@roadstead/proto'

/**
 * The hub's secrets: one directory, one file a key. They are the identity of the installation and of every
 * agent in it, and are kept apart from the database, so that a restored database is served by the same
 * brokers and believed by the same agents. Whoever loses this directory has to enrol every cluster again.
 */
export interface Secrets {
  /** Signs the accounts, and with them the list of revoked agents. */
  readonly operator: KeyPair
  readonly systemAccount: KeyPair
  readonly hubAccount: KeyPair
  readonly agentsAccount: KeyPair
  /** Issues the agents' credentials; what they may do is fixed by its scope. */
  readonly agentsSigner: KeyPair
  readonly systemUser: KeyPair
  readonly hubUser: KeyPair
  /** PEM (PKCS #8, Ed25519); seals assignments. */
  readonly assignmentKey: string
  /** 32 random bytes, from which the keys of releases and clusters follow. */
  readonly releaseMaster: Uint8Array
}

const nkeyFiles = {
  operator: { file: 'operator.seed', create: createOperator, prefix: 'O' },
  systemAccount: { file: 'account-sys.seed', create: createAccount, prefix: 'A' },
  hubAccount: { file: 'account-hub.seed', create: createAccount, prefix: 'A' },
  agentsAccount: { file: 'account-agents.seed', create: createAccount, prefix: 'A' },
  agentsSigner: { file: 'account-agents-signer.seed', create: createAccount, prefix: 'A' },
  systemUser: { file: 'user-sys.seed', create: createUser, prefix: 'U' },
  hubUser: { file: 'user-hub.seed', create: createUser, prefix: 'U' },
} as const
const assignmentKeyFile = 'assignments.pem'
const releaseMasterFile = 'releases.key'

/** The names of the files, as a Kubernetes Secret that is mounted there must carry them. */
export const secretFiles: readonly string[] = [
  ...Object.values(nkeyFiles).map(({ file }) => file),
  assignmentKeyFile,
  releaseMasterFile,
]

/**
 * Reads the secrets, after making those whose file is missing (mode 0600, in a directory of mode 0700).
 * Safe against another process that does the same at the same time: the first file stays.
 *
 * @throws RoadsteadError `bad-request` with the file that can not be read, written or understood
 */
export function createSecrets(directory: string): Secrets {
  attempt(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }))
  for (const { file, create } of Object.values(nkeyFiles)) {
    writeOnce(join(directory, file), () => create().getSeed())
  }
  writeOnce(join(directory, assignmentKeyFile), () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  )
  writeOnce(join(directory, releaseMasterFile), () => randomBytes(keyBytes).toString('base64url'))
  return loadSecrets(directory)
}

/** @throws RoadsteadError `bad-request` with the file that is missing or is not what its name says */
export function loadSecrets(directory: string): Secrets {
  const key = (kind: keyof typeof nkeyFiles): KeyPair => {
    const { file, prefix } = nkeyFiles[kind]
    const path = join(directory, file)
    const pair = attempt(path, () => fromSeed(Buffer.from(readFileSync(path, 'utf8').trim())))
    if (!pair.getPublicKey().startsWith(prefix)) {
      throw new RoadsteadError('bad-request', `${path} holds no seed of the kind S${prefix}…`)
    }
    return pair
  }
  const assignmentKeyPath = join(directory, assignmentKeyFile)
  return {
    operator: key('operator'),
    systemAccount: key('systemAccount'),
    hubAccount: key('hubAccount'),
    agentsAccount: key('agentsAccount'),
    agentsSigner: key('agentsSigner'),
    systemUser: key('systemUser'),
    hubUser: key('hubUser'),
    assignmentKey: attempt(assignmentKeyPath, () => readFileSync(assignmentKeyPath, 'utf8')),
    releaseMaster: readMaster(join(directory, releaseMasterFile)),
  }
}

function readMaster(path: string): Uint8Array {
  const bytes = Buffer.from(attempt(path, () => readFileSync(path, 'utf8')).trim(), 'base64url')
  if (bytes.byteLength === keyBytes) return bytes
  throw new RoadsteadError(
    'bad-request',
    `${path} holds ${bytes.byteLength} bytes of base64url, not ${keyBytes}`,
  )
}

/** A link is made whole or not at all, and never over an existing file. */
function writeOnce(path: string, content: () => string | Uint8Array): void {
  if (existsSync(path)) return
  const scratch = `${path}.${process.pid}`
  attempt(path, () => {
    try {
      writeFileSync(scratch, content(), { mode: 0o600 })
      chmodSync(scratch, 0o600)
      linkSync(scratch, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(scratch, { force: true })
    }
  })
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    throw new RoadsteadError('bad-request', `the hub's secrets: ${path}`, { cause })
  }
}
