/** Edits as a person makes them: with kubectl where there is one, else by the request that it would send. */
import { run } from '@roadstead/test/harness'
import type { ClusterClient } from './cluster.ts'

export type Edit = (
  cluster: ClusterClient,
  object: { readonly kind: string; readonly namespace: string; readonly name: string; readonly path: string },
  operations: readonly unknown[],
  manager: string,
) => Promise<void>

export interface Editor {
  /** How it is done, for the table. */
  readonly name: string
  readonly edit: Edit
}

export async function findEditor(kubeconfig: string): Promise<Editor> {
  const version = await run('kubectl', { args: ['version', '--client'] }).catch(() => undefined)
  if (version?.code !== 0) {
    return {
      name: 'no kubectl: PATCH',
      edit: (cluster, { path }, operations, manager) => cluster.patch(path, operations, manager),
    }
  }
  return {
    name: 'kubectl patch',
    async edit(cluster, { kind, namespace, name }, operations, manager) {
      const where = ['--kubeconfig', kubeconfig, '--context', cluster.name, '--namespace', namespace]
      const what = ['patch', kind, name, '--type=json', '--patch', JSON.stringify(operations)]
      const { code, stderr } = await run('kubectl', {
        args: [...where, ...what, `--field-manager=${manager}`],
      })
      if (code !== 0) throw new Error(`kubectl could not edit ${kind} ${name} on ${cluster.name}: ${stderr}`)
    },
  }
}
