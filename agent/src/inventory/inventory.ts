import { type AppName, type KubernetesObject, RoadsteadError } from '@roadstead/proto'
import type { StateStore } from '../disk.ts'
import type { KubeClient } from '../kube/index.ts'
import { inventoryLabel, inventoryName, inventoryObject, recordOf } from './configmap.ts'
import { type AppRecord, newRecord, readRecord, writeRecord } from './record.ts'

/**
 * What Roadstead owns here. The disk has it first and in full; the cluster has a copy, so that an agent
 * that lost its disk knows what to prune.
 */
export interface Inventory {
  /** Reads the disk. Call once, first. */
  load(): Promise<void>
  /**
   * Where the disk knew nothing at all, takes the copies in the cluster. Until it resolved nothing may be
   * pruned or called new.
   */
  recover(signal: AbortSignal): Promise<void>
  records(): readonly AppRecord[]
  get(app: AppName): AppRecord | undefined
  /** The app's record, a new one where there is none. */
  open(app: AppName): AppRecord
  /**
   * Durable on disk once it resolves. Objects in doubt are written as never applied: whoever reads that
   * applies them again.
   */
  save(record: AppRecord, doubtful?: ReadonlySet<string>): Promise<void>
  /** Puts the copy into the cluster; no call when the objects in it are the same as last time. */
  publish(record: AppRecord, signal: AbortSignal): Promise<void>
  forget(app: AppName, signal: AbortSignal): Promise<void>
}

const folder = 'apps'
/** Written once the cluster was asked: from then on an empty disk means an empty inventory. */
const recoveredName = 'inventory-recovered'

export function createInventory(store: StateStore, kube: KubeClient, namespace: string): Inventory {
  const records = new Map<AppName, AppRecord>()
  const published = new Map<AppName, string>()
  let recovered = false

  const createNamespace = (signal: AbortSignal) => {
    const object: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
    return kube.apply(object, {}, signal)
  }

  const put = async (object: KubernetesObject, signal: AbortSignal): Promise<void> => {
    try {
      await kube.apply(object, {}, signal)
    } catch (error) {
      if (!(error instanceof RoadsteadError) || !absentNamespace.has(error.code)) throw error
      await createNamespace(signal)
      await kube.apply(object, {}, signal)
    }
  }

  return {
    async load() {
      for (const name of await store.list(folder)) {
        const bytes = await store.read(`${folder}/${name}`)
        if (!bytes) continue
        const record = readRecord(Buffer.from(bytes).toString('utf8'))
        records.set(record.app, record)
      }
      recovered = (await store.read(recoveredName)) !== undefined
    },

    async recover(signal) {
      if (recovered) return
      let next: string | undefined
      do {
        const selection = { namespace, labels: inventoryLabel, continue: next }
        const page = await kube.list('v1', 'ConfigMap', selection, signal)
        for (const item of page.items) {
          const record = recordOf(item)
          if (!records.has(record.app)) records.set(record.app, record)
        }
        next = page.next
      } while (next !== undefined)
      for (const record of records.values()) await store.write(nameOf(record.app), writeRecord(record))
      await store.write(recoveredName, '')
      recovered = true
    },

    records: () => [...records.values()],
    get: (app) => records.get(app),

    open(app) {
      const record = records.get(app) ?? newRecord(app)
      records.set(app, record)
      return record
    },

    save: (record, doubtful) => store.write(nameOf(record.app), writeRecord(record, { doubtful })),

    async publish(record, signal) {
      const object = inventoryObject(record, namespace)
      const owned = [...record.objects.values()].map(({ ref, uid }) => [ref, uid])
      const text = JSON.stringify([owned, record.policy])
      if (published.get(record.app) === text) return
      await put(object, signal)
      published.set(record.app, text)
    },

    async forget(app, signal) {
      const key = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: inventoryName(app) }
      await kube.delete(key, undefined, signal)
      await store.remove(nameOf(app))
      records.delete(app)
      published.delete(app)
    },
  }
}

const nameOf = (app: AppName): string => `${folder}/${app}.json`

const absentNamespace: ReadonlySet<string> = new Set(['dependency-unmet', 'not-found'])
