import { admitDelete } from '../admission/admit.ts'
import { conflict } from '../api/errors.ts'
import { groupResourceOf, type ResourceKind } from '../resources/kind.ts'
import { type KubeObject, withMeta } from '../store/object.ts'
import { keyOf } from '../store/store.ts'
import { type Context, timestamp } from './context.ts'
import { get, hasFinalizers } from './write.ts'

export interface DeleteOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly gracePeriodSeconds?: number
  readonly dryRun?: boolean
}

export interface Deletion {
  readonly object: KubeObject
  /** False while finalizers keep the object. */
  readonly gone: boolean
}

/** Deletes an object, or marks it when finalizers must go first. */
export function remove(
  context: Context,
  kind: ResourceKind,
  namespace: string,
  name: string,
  options: DeleteOptions = {},
): Deletion {
  const live = get(context, kind, namespace, name)
  checkPreconditions(kind, live, options)
  admitDelete(kind, live)
  const marked = mark(context, live, options)
  if (options.dryRun) return { object: marked, gone: !hasFinalizers(marked) }
  const resource = groupResourceOf(kind)
  const key = keyOf(live.metadata.namespace, name)
  if (!hasFinalizers(marked)) return { object: context.store.remove(resource, key) ?? live, gone: true }
  const unchanged = live.metadata.deletionTimestamp && sameFinalizers(live, marked)
  return { object: unchanged ? live : context.store.put(resource, marked), gone: false }
}

function checkPreconditions(kind: ResourceKind, live: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {}
  const mismatch = (what: string, given: string, recorded: string | undefined, happened: string) =>
    conflict(
      { group: kind.group, plural: kind.kind },
      live.metadata.name,
      `the ${what} in the precondition (${given}) does not match the ${what} in record (${recorded}). The object might have been ${happened}`,
    )
  if (uid && uid !== live.metadata.uid)
    throw mismatch('UID', uid, live.metadata.uid, 'deleted and then recreated')
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) {
    throw mismatch('ResourceVersion', resourceVersion, live.metadata.resourceVersion, 'modified')
  }
}

const sameFinalizers = (a: KubeObject, b: KubeObject) =>
  (a.metadata.finalizers ?? []).join() === (b.metadata.finalizers ?? []).join()

/** The garbage collector's own finalizers stand for the propagation policy until it has acted. */
function mark(context: Context, live: KubeObject, options: DeleteOptions): KubeObject {
  const finalizers = (live.metadata.finalizers ?? []).filter(
    (one) => options.propagationPolicy === undefined || (one !== 'foregroundDeletion' && one !== 'orphan'),
  )
  if (options.propagationPolicy === 'Foreground') finalizers.push('foregroundDeletion')
  if (options.propagationPolicy === 'Orphan') finalizers.push('orphan')
  const { finalizers: _, ...metadata } = live.metadata
  const rest = { ...live, metadata: finalizers.length > 0 ? { ...metadata, finalizers } : metadata }
  const marked = withMeta(rest, {
    deletionTimestamp: live.metadata.deletionTimestamp ?? timestamp(context.now()),
    deletionGracePeriodSeconds: 0,
  })
  if (live.kind !== 'Namespace') return marked
  return { ...marked, status: { ...(live.status as object), phase: 'Terminating' } }
}
