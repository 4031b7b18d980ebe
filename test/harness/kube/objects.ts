/** How a test looks into a cluster and acts in it as somebody else, whatever kind of cluster it is. */
import { type KubeConnection, type KubeLive, kubeRequest } from './requests.ts'

/** Names one object. */
export interface KubeRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** Refusals are errors that quote the server. */
export interface KubeObjects {
  get(ref: KubeRef): Promise<KubeLive | undefined>
  list(apiVersion: string, kind: string, namespace?: string): Promise<KubeLive[]>
  /** `manager` is the field manager. */
  create(object: object, manager?: string): Promise<KubeLive>
  /** Server-side apply, conflicts forced. */
  apply(object: object, manager: string): Promise<KubeLive>
  /** JSON merge patch, of the object or a subresource of it (`status`, `scale`). */
  patch(ref: KubeRef, change: object, manager?: string, subresource?: string): Promise<KubeLive>
  /** An object that is not there is deleted already. */
  delete(ref: KubeRef): Promise<void>
}

interface Resource {
  readonly name: string
  readonly kind: string
  readonly namespaced: boolean
}

export function kubeObjects(connection: KubeConnection): KubeObjects {
  const known = new Map<string, Resource>()

  const call = async (
    method: string,
    path: string,
    body?: object,
    contentType?: string,
  ): Promise<KubeLive> => {
    const options = { ...(body && { body }), ...(contentType && { contentType }) }
    const answer = await kubeRequest(connection, method, path, options)
    if (answer.status < 400) return answer.body
    throw new KubeRefusal(answer.status, `${method} ${path}: ${answer.body?.message ?? answer.body}`)
  }

  const resourceOf = async (apiVersion: string, kind: string): Promise<Resource> => {
    const name = `${apiVersion}/${kind}`
    const cached = known.get(name)
    if (cached) return cached
    const { resources } = await call('GET', rootOf(apiVersion))
    const found = (resources as Resource[]).find((one) => one.kind === kind && !one.name.includes('/'))
    if (!found) throw new Error(`the cluster serves no ${kind} in ${apiVersion}`)
    known.set(name, found)
    return found
  }

  const collection = async (apiVersion: string, kind: string, namespace?: string): Promise<string> => {
    const { name, namespaced } = await resourceOf(apiVersion, kind)
    const inNamespace = namespaced && namespace !== undefined ? `namespaces/${namespace}/` : ''
    return `${rootOf(apiVersion)}/${inNamespace}${name}`
  }
  const pathOf = async (ref: KubeRef): Promise<string> =>
    `${await collection(ref.apiVersion, ref.kind, ref.namespace ?? 'default')}/${ref.name}`

  return {
    get: async (ref) => call('GET', await pathOf(ref)).catch(noneIfMissing),
    async list(apiVersion, kind, namespace) {
      const { items } = await call('GET', await collection(apiVersion, kind, namespace))
      return items as KubeLive[]
    },
    async create(object, manager = 'test') {
      const { apiVersion, kind, metadata } = object as KubeLive
      const path = await collection(apiVersion, kind, metadata.namespace ?? 'default')
      return call('POST', `${path}?fieldManager=${manager}`, object)
    },
    async apply(object, manager) {
      const { apiVersion, kind, metadata } = object as KubeLive
      const path = await pathOf({ apiVersion, kind, ...metadata })
      const query = `fieldManager=${manager}&force=true`
      return call('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml')
    },
    async patch(ref, change, manager = 'test', subresource = '') {
      const path = `${await pathOf(ref)}${subresource && `/${subresource}`}?fieldManager=${manager}`
      return call('PATCH', path, change, 'application/merge-patch+json')
    },
    async delete(ref) {
      await call('DELETE', await pathOf(ref)).catch(noneIfMissing)
    },
  }
}

export class KubeRefusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`

function noneIfMissing(error: unknown): undefined {
  if (error instanceof KubeRefusal && error.status === 404) return undefined
  throw error
}
