export interface Step {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
}

export const NS = 'conformance'
export const core = (plural: string, name = '') =>
  `/api/v1/namespaces/${NS}/${plural}${name ? `/${name}` : ''}`
export const group = (prefix: string, plural: string, name = '') =>
  `/apis/${prefix}/namespaces/${NS}/${plural}${name ? `/${name}` : ''}`
export const apps = (plural: string, name = '') => group('apps/v1', plural, name)

export const MERGE = 'application/merge-patch+json'
export const JSON_PATCH = 'application/json-patch+json'
export const STRATEGIC = 'application/strategic-merge-patch+json'
export const APPLY = 'application/apply-patch+yaml'

export const post = (name: string, path: string, body: unknown): Step => ({
  name,
  method: 'POST',
  path,
  body,
})
export const get = (name: string, path: string): Step => ({ name, method: 'GET', path })
export const put = (name: string, path: string, body: unknown): Step => ({ name, method: 'PUT', path, body })
export const del = (name: string, path: string, body?: unknown): Step => ({
  name,
  method: 'DELETE',
  path,
  body,
})
export const patch = (name: string, path: string, type: string, body: unknown): Step => ({
  name,
  method: 'PATCH',
  path,
  type,
  body,
})
export const apply = (name: string, path: string, manager: string, body: unknown, query = ''): Step =>
  patch(name, `${path}?fieldManager=${manager}${query}`, APPLY, body)
