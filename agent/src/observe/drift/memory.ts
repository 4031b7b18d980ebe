import { canonicalJson, parseJson } from '@roadstead/proto'
import type { StateStore } from '../../disk.ts'
import type { DriftFacts } from './tracker.ts'

interface HasDrifts {
  openDrifts(): ReadonlyMap<string, DriftFacts>
  restoreDrifts(drifts: ReadonlyMap<string, DriftFacts>): void
}

const name = 'drift.json'
const writeDelayMs = 500

/** Keeps open drift on disk, so that what went away while the agent was down is still reported as over. */
export function keepDrifts(
  observer: HasDrifts,
  store: StateStore,
  onTrouble: (error: unknown) => void,
): { changed(): void; flush(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let written = ''
  const write = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const text = canonicalJson([...observer.openDrifts()])
    if (text === written) return
    written = text
    await store.write(name, text).catch(onTrouble)
  }
  return {
    changed: () => {
      timer ??= setTimeout(() => void write(), writeDelayMs)
    },
    flush: async () => {
      if (timer) await write()
    },
  }
}

export async function restoreDrifts(observer: HasDrifts, store: StateStore): Promise<void> {
  const bytes = await store.read(name)
  if (!bytes) return
  const drifts = parseJson(Buffer.from(bytes).toString('utf8')) as unknown as [string, DriftFacts][]
  observer.restoreDrifts(new Map(drifts))
}
