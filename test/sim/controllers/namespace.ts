import { remove } from '../operations/delete.ts'
import { groupResourceOf } from '../resources/kind.ts'
import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import type { Toolbox } from './toolbox.ts'

/** What every namespace has; and, once it is being deleted, the end of everything in it. */
export function reconcileNamespace(tools: Toolbox, namespace: KubeObject): void {
  if (namespace.metadata.deletionTimestamp) empty(tools, namespace)
  else furnish(tools, namespace.metadata.name)
}

function furnish(tools: Toolbox, namespace: string): void {
  if (!tools.get('ServiceAccount', namespace, 'default')) {
    tools.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } })
  }
  if (tools.get('ConfigMap', namespace, 'kube-root-ca.crt')) return
  const text =
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'
  tools.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kube-root-ca.crt', namespace, annotations: { 'kubernetes.io/description': text } },
    data: { 'ca.crt': 'simulated\n' },
  })
}

/** Deletes the contents; when none are left, lets the namespace go. Objects with finalizers keep it waiting. */
function empty(tools: Toolbox, namespace: KubeObject): void {
  const { context } = tools
  let left = 0
  for (const kind of context.registry.all().filter((one) => one.namespaced)) {
    if (kind.custom && kind.custom.storageVersion !== kind.version) continue
    for (const object of context.store.list(groupResourceOf(kind), namespace.metadata.name)) {
      if (!object.metadata.deletionTimestamp) {
        remove(context, kind, namespace.metadata.name, object.metadata.name, {
          propagationPolicy: 'Background',
        })
      }
      if (context.store.get(groupResourceOf(kind), `${namespace.metadata.name}/${object.metadata.name}`))
        left++
    }
  }
  if (left > 0) return
  const live = tools.get('Namespace', undefined, namespace.metadata.name)
  if (!live) return
  tools.update({ ...live, spec: { ...(live.spec as Json), finalizers: [] } })
}
