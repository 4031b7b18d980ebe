import type { Context } from '../operations/context.ts'
import { inVersion } from '../operations/write.ts'
import { apiVersionOf, groupResourceOf, type ResourceKind } from '../resources/kind.ts'
import type { KubeObject } from '../store/object.ts'
import { parseFieldSelector, parseLabelSelector } from '../store/selector.ts'
import { keyOf } from '../store/store.ts'
import { badRequest, expired } from './errors.ts'

export interface ListResult {
  readonly revision: number
  readonly items: readonly KubeObject[]
  readonly continueToken: string | undefined
  readonly remaining: number | undefined
}

/** Objects a list or watch request selects. */
export type Filter = (object: KubeObject) => boolean

export function filterOf(query: URLSearchParams): Filter {
  const labels = query.get('labelSelector')
  const fields = query.get('fieldSelector')
  const byLabel = labels ? parseLabelSelector(labels) : undefined
  const byField = fields ? parseFieldSelector(fields) : undefined
  return (object) => (!byLabel || byLabel(object.metadata.labels ?? {})) && (!byField || byField(object))
}

/** One page of a list; further pages show the state the first one showed. */
export function list(
  context: Context,
  kind: ResourceKind,
  namespace: string,
  query: URLSearchParams,
): ListResult {
  const { store } = context
  const token = query.get('continue')
  const from = token ? readToken(token) : undefined
  const revision = from?.revision ?? exactRevision(query) ?? store.revision
  const resource = groupResourceOf(kind)
  const all =
    revision === store.revision
      ? store.list(resource, namespace || undefined)
      : continued(() => store.listAt(resource, namespace || undefined, revision))
  const rest = from
    ? all.filter((object) => keyOf(object.metadata.namespace, object.metadata.name) > from.after)
    : all
  const filter = filterOf(query)
  const matching = rest.filter(filter)
  const limit = Number(query.get('limit') ?? 0)
  const items = limit > 0 ? matching.slice(0, limit) : matching
  const last = items.at(-1)
  const more = last !== undefined && items.length < matching.length
  const selects = Boolean(query.get('labelSelector') || query.get('fieldSelector'))
  return {
    revision,
    items: items.map((object) => inVersion(kind, object)),
    continueToken: more
      ? writeToken(revision, keyOf(last.metadata.namespace, last.metadata.name))
      : undefined,
    remaining: more && !selects ? matching.length - items.length : undefined,
  }
}

function exactRevision(query: URLSearchParams): number | undefined {
  if (query.get('resourceVersionMatch') !== 'Exact') return undefined
  return Number(query.get('resourceVersion'))
}

function continued(read: () => KubeObject[]): KubeObject[] {
  try {
    return read()
  } catch {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    )
  }
}

const writeToken = (revision: number, after: string): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: after })).toString('base64url')

function readToken(token: string): { revision: number; after: string } {
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as {
      rv: number
      start: string
    }
    if (typeof rv === 'number' && typeof start === 'string') return { revision: rv, after: start }
  } catch {
    // Falls through to the refusal below: what the token says instead is of no use to anyone.
  }
  throw badRequest('continue key is not valid: encoded in an unknown form')
}

/** A list as it is sent. Items of built-in kinds carry no kind and apiVersion, as Go's typed lists do not. */
export function listBody(kind: ResourceKind, result: ListResult): Record<string, unknown> {
  const bare = (object: KubeObject) => {
    const { kind: _, apiVersion: __, ...rest } = object
    return rest
  }
  return {
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    // Lists of custom objects always carry the field.
    metadata: kind.custom ? { continue: '', ...listMeta(result) } : listMeta(result),
    items: kind.custom ? result.items : result.items.map(bare),
  }
}

export const listMeta = (result: ListResult): Record<string, unknown> => ({
  resourceVersion: String(result.revision),
  ...(result.continueToken ? { continue: result.continueToken } : {}),
  ...(result.remaining !== undefined ? { remainingItemCount: result.remaining } : {}),
})
