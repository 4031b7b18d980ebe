export type { KubeAccess, KubeCredentials } from './access.ts'
export { createKubeClient, fieldManager, type KubeClient, type ListPage } from './client.ts'
export type { Resource } from './discovery.ts'
export { isExpired, isNotFound, KubeError } from './errors.ts'
export { inClusterAccess } from './incluster.ts'
export { kubeconfigAccess } from './kubeconfig.ts'
export {
  type FieldsV1,
  groupOf,
  keyOf,
  type LiveObject,
  type ManagedFieldsEntry,
  type ObjectKey,
  refKey,
  refOf,
  refOfKey,
} from './objects.ts'
export { watchVersion } from './version.ts'
export type { WatchEvent } from './watch.ts'
