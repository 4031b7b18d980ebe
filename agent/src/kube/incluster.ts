import { readFile } from 'node:fs/promises'
import { RoadsteadError } from '@roadstead/proto'
import type { KubeAccess } from './access.ts'

/** Where every Pod finds its service account. */
export const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Bound tokens live an hour and the kubelet renews them at 80 %: reading once a minute is enough. */
const tokenAgeMs = 60_000

/** The access a Pod has by its service account. @param server e.g. `https://10.0.0.1:443` */
export async function inClusterAccess(server: URL, directory = serviceAccountDirectory): Promise<KubeAccess> {
  const certificateAuthority = await readFile(`${directory}/ca.crt`, 'utf8').catch(missing)
  return { server, certificateAuthority, ...tokenFromFile(`${directory}/token`) }
}

/** A bearer token that somebody else keeps fresh in a file. */
export function tokenFromFile(path: string): Pick<KubeAccess, 'credentials' | 'refresh'> {
  let cached: { authorization: string; until: number } | undefined
  return {
    async credentials() {
      if (!cached || cached.until < performance.now()) {
        const token = (await readFile(path, 'utf8').catch(missing)).trim()
        cached = { authorization: `Bearer ${token}`, until: performance.now() + tokenAgeMs }
      }
      return { authorization: cached.authorization }
    },
    refresh: () => {
      cached = undefined
    },
  }
}

function missing(cause: NodeJS.ErrnoException): never {
  throw new RoadsteadError(
    'unauthenticated',
    `can not read ${cause.path}; run in a Pod with a service account, or set KUBECONFIG`,
    { retry: 'retry', cause },
  )
}
