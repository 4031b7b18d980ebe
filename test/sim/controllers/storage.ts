import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { dropFinalizer } from './garbage.ts'
import type { Toolbox } from './toolbox.ts'

const PROTECTION = 'kubernetes.io/pvc-protection'

/** Binds a claim to a volume made for it; lets a deleted claim go once no pod uses it. */
export function reconcileClaim(tools: Toolbox, claim: KubeObject): void {
  if (claim.metadata.deletionTimestamp) {
    release(tools, claim)
    return
  }
  const status = (claim.status ?? {}) as Json
  const spec = claim.spec as Json & { resources?: { requests?: { storage?: string } } }
  if (status.phase === 'Bound') return
  const className = String(spec.storageClassName ?? '')
  if (!tools.get('StorageClass', undefined, className)) return
  const volumeName = String(spec.volumeName ?? `pvc-${claim.metadata.uid}`)
  const capacity = { storage: spec.resources?.requests?.storage ?? '1Gi' }
  if (!tools.get('PersistentVolume', undefined, volumeName)) makeVolume(tools, claim, volumeName, capacity)
  tools.update({ ...claim, spec: { ...spec, volumeName } })
  const live = tools.get('PersistentVolumeClaim', claim.metadata.namespace, claim.metadata.name)
  if (live) tools.setStatus(live, { phase: 'Bound', accessModes: spec.accessModes, capacity })
}

function makeVolume(tools: Toolbox, claim: KubeObject, name: string, capacity: Json): void {
  const { accessModes, storageClassName, volumeMode } = claim.spec as Json
  const { namespace, uid } = claim.metadata
  tools.create({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': 'roadstead.dev/simulated' } },
    spec: {
      accessModes,
      capacity,
      storageClassName,
      volumeMode,
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name: claim.metadata.name,
        namespace,
        uid,
      },
      persistentVolumeReclaimPolicy: 'Delete',
      hostPath: { path: `/simulated/${name}` },
    },
  })
  const volume = tools.get('PersistentVolume', undefined, name)
  if (volume) tools.setStatus(volume, { phase: 'Bound' })
}

function release(tools: Toolbox, claim: KubeObject): void {
  if (!claim.metadata.finalizers?.includes(PROTECTION)) return
  const { name, namespace } = claim.metadata
  const pods = tools.context.store.list('pods', namespace)
  const used = pods.some((pod) => {
    const { volumes = [] } = pod.spec as { volumes?: { persistentVolumeClaim?: { claimName: string } }[] }
    return volumes.some((volume) => volume.persistentVolumeClaim?.claimName === name)
  })
  if (!used) dropFinalizer(tools, claim, PROTECTION)
}

/** After a claim is gone, its volume goes as its reclaim policy says. */
export function reclaimVolume(tools: Toolbox, claim: KubeObject): void {
  const volume = tools.get('PersistentVolume', undefined, String((claim.spec as Json).volumeName ?? ''))
  if (!volume) return
  if ((volume.spec as Json).persistentVolumeReclaimPolicy === 'Delete') tools.delete(volume)
  else tools.setStatus(volume, { phase: 'Released' })
}
