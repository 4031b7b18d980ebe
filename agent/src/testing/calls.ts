import type { HttpRequest, Transport } from '../kube/transport.ts'

/** What an agent asked of its API server, so that a test can say "this made no call". */
export interface Calls {
  /** How many match; what is left out matches anything. Resources are called `deployments.apps`, `configmaps`. */
  total(verb?: Verb, resource?: string): number
  reset(): void
  /** Watches open now. */
  readonly openWatches: number
  /** The same transport, with all that is sent counted: on the wire, below retries and caches. */
  counting(transport: Transport): Transport
}

export type Verb = 'get' | 'list' | 'watch' | 'apply' | 'delete' | 'other'

export function createCalls(): Calls {
  let seen: { verb: Verb; resource: string }[] = []
  let openWatches = 0

  async function* untilItEnds(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body
    } finally {
      openWatches -= 1
    }
  }

  return {
    counting: (transport) => ({
      async send(request, signal) {
        seen.push(readCall(request))
        const response = await transport.send(request, signal)
        if (!request.longLived) return response
        openWatches += 1
        return { ...response, body: untilItEnds(response.body) }
      },
      close: () => transport.close(),
    }),
    total: (verb, resource) =>
      seen.filter((one) => (verb ?? one.verb) === one.verb && (resource ?? one.resource) === one.resource)
        .length,
    reset: () => {
      seen = []
    },
    get openWatches() {
      return openWatches
    },
  }
}

/** `/apis/<group>/<version>[/namespaces/<namespace>]/<plural>[/<name>]`, or a path that is no resource's. */
function readCall({ method, path, headers, longLived }: HttpRequest): { verb: Verb; resource: string } {
  const [, root, ...rest] = (path.split('?')[0] ?? '').split('/')
  const group = root === 'apis' ? (rest.shift() ?? '') : ''
  rest.shift()
  if (rest[0] === 'namespaces' && rest.length > 2) rest.splice(0, 2)
  const [plural = '', name] = rest
  const reading = longLived ? 'watch' : name === undefined ? 'list' : 'get'
  const writing = headers['content-type']?.startsWith('application/apply-patch') ? 'apply' : 'other'
  const verb = method === 'GET' ? reading : method === 'DELETE' ? 'delete' : writing
  if (plural === '') return { verb: 'other', resource: path }
  return { verb, resource: group === '' ? plural : `${plural}.${group}` }
}
