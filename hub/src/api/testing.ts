import { systemClock } from '@roadstead/proto'
import { listen } from '../db/index.ts'
import { testDatabase } from '../db/testing.ts'
import { createTelemetry } from '../telemetry/index.ts'
import { createApi } from './api.ts'
import type { ApiEdges, ApiOptions } from './edges.ts'

export const testToken = 'a-token-for-the-tests-of-the-api'
export const authorization = { authorization: `Bearer ${testToken}` }

/** A listening API over a database of its own. */
export async function testApi(edges: Partial<ApiEdges> = {}, options: Partial<ApiOptions> = {}) {
  const test = await testDatabase()
  const telemetry = createTelemetry({ serviceName: 'test', version: '0', logLevel: 'silent' })
  const onEvents = (call: () => void) => listen(test.url, ['rs_events'], call)
  const api = await createApi(
    { database: test.database, telemetry, clock: systemClock, onEvents, ...edges },
    { host: '127.0.0.1', port: 0, tokens: [{ name: 'ada', token: testToken }], version: '0', ...options },
  )
  const url = await api.listen()
  return {
    ...test,
    api,
    url,
    /** Asks with the token, unless the headers say otherwise. */
    fetch: (path: string, init: RequestInit = {}) =>
      fetch(`${url}${path}`, {
        ...init,
        headers: { ...authorization, ...(init.headers as Record<string, string>) },
      }),
    async [Symbol.asyncDispose]() {
      await api.close()
      await telemetry.close()
      await test[Symbol.asyncDispose]()
    },
  }
}
