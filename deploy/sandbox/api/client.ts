/** The hub's REST API, as far as the sandbox asks it. */
import type { Page } from '@roadstead/hub/readmodel'

export interface Api {
  readonly url: string
  /** @throws {Error} with the problem's own words when the answer is not a success */
  get<T>(path: string, query?: Query): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  /** Every item of a list, page after page. */
  list<T>(path: string, query?: Query): Promise<T[]>
}

export type Query = Readonly<Record<string, string | number | undefined>>

const REQUEST_DEADLINE_MS = 10_000
const ITEMS_PER_PAGE = 200
const MAX_PAGES = 500

export function createApi(url: string, token: string): Api {
  const request = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(REQUEST_DEADLINE_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.ok) return JSON.parse(text) as T
    throw new Error(`${method} ${path}: ${response.status} ${text}`)
  }
  const get = <T>(path: string, query: Query = {}) => request<T>('GET', `${path}${queryText(query)}`)
  return {
    url,
    get,
    post: (path, body) => request('POST', path, body),
    async list<T>(path: string, query: Query = {}) {
      const items: T[] = []
      let cursor: string | undefined
      for (let page = 0; page < MAX_PAGES; page++) {
        const answer: Page<T> = await get(path, { ...query, limit: ITEMS_PER_PAGE, cursor })
        items.push(...answer.items)
        if (answer.nextCursor === undefined || answer.items.length === 0) return items
        cursor = answer.nextCursor
      }
      throw new Error(`GET ${path} has no end after ${MAX_PAGES} pages`)
    },
  }
}

function queryText(query: Query): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? '' : `?${given}`
}
