import {
  type AppName,
  type AppPolicy,
  type Digest,
  isName,
  type Milestone,
  type ObjectRef,
  parseAppName,
  parseJson,
  RoadsteadError,
} from '@roadstead/proto'
import { refKey } from '../kube/index.ts'

/** One object that Roadstead owns on this cluster. */
export interface OwnedObject {
  readonly ref: ObjectRef
  /** The version it was last written in. */
  apiVersion: string
  /** Empty until the API server has answered: an object that may exist. */
  uid: string
  /** Hash of the desired object last applied; empty while none was, so that a crash in between is mended. */
  applied: string
  /** What the owned fields were right after that: see `observe/drift/baseline.ts`. */
  baseline?: string | undefined
}

/** What the agent knows of one app across its own restarts. */
export interface AppRecord {
  readonly app: AppName
  /** The `since` of the part of the assignment that `accepted` speaks of. */
  since: number
  /** Digest of all that makes the app what it is here; empty if only the cluster's copy survived. */
  content: string
  release: Digest | undefined
  policy: AppPolicy
  accepted: Milestone | undefined
  applied: Milestone | undefined
  healthy: Milestone | undefined
  /** By `refKey`, in the order of application. */
  objects: Map<string, OwnedObject>
}

export const newRecord = (app: AppName): AppRecord => ({
  app,
  since: 0,
  content: '',
  release: undefined,
  policy: { drift: {}, prune: {}, health: {} },
  accepted: undefined,
  applied: undefined,
  healthy: undefined,
  objects: new Map(),
})

export interface RecordForm {
  /** False for the copy in the cluster, which serves deletion and nothing else. Default true. */
  readonly full?: boolean
  /** Keys of objects that are to be written as never applied. */
  readonly doubtful?: ReadonlySet<string> | undefined
}

export function writeRecord(record: AppRecord, { full = true, doubtful }: RecordForm = {}): string {
  const objects = [...record.objects].map(([key, { ref, apiVersion, uid, applied, baseline }]) => {
    const known = full && !doubtful?.has(key) ? { applied, baseline } : {}
    return { ...ref, apiVersion, uid, ...known }
  })
  return JSON.stringify({ ...record, ...(full ? {} : { content: '' }), objects })
}

/** @throws RoadsteadError `undecodable` */
export function readRecord(text: string): AppRecord {
  try {
    const stored = parseJson(text) as unknown as Omit<AppRecord, 'objects'> & {
      objects: (ObjectRef & Omit<OwnedObject, 'ref'>)[]
    }
    const app = parseAppName(stored.app)
    if (!app || !isName(stored.app)) throw new RoadsteadError('undecodable', 'no app is named')
    const objects = stored.objects.map(({ group, kind, namespace, name, ...rest }): [string, OwnedObject] => {
      const ref = { group, kind, namespace, name }
      return [
        refKey(ref),
        {
          ref,
          apiVersion: rest.apiVersion,
          uid: rest.uid,
          applied: rest.applied ?? '',
          baseline: rest.baseline,
        },
      ]
    })
    return { ...newRecord(app), ...stored, app, objects: new Map(objects) }
  } catch (cause) {
    throw new RoadsteadError('undecodable', 'a stored inventory can not be read', { cause })
  }
}
