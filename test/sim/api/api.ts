import type { Context } from '../operations/context.ts'
import { openApiDocument, openApiIndex } from '../schema/openapi.ts'
import type { Answer } from './answer.ts'
import { ok } from './answer.ts'
import {
  AGGREGATED,
  aggregated,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  VERSION,
} from './discovery.ts'
import { methodNotAllowed, noSuchPath } from './errors.ts'
import { renderFor } from './render.ts'
import { type ApiRequest, readTarget, type Target } from './request.ts'
import { answerResource } from './resources.ts'
import { answerReview } from './reviews.ts'
import type { WatchRequest } from './watch.ts'

/** What a request turns out to be: a watch to start, or an answer to compute. */
export type Dispatch =
  | {
      readonly watch: WatchRequest
      readonly verb: string
      readonly resource: string
      readonly target: Target
    }
  | {
      readonly answer: () => Promise<Answer>
      readonly verb: string
      readonly resource: string
      readonly target: Target | undefined
    }

/** Decides what a request is, without doing it; throws ApiError for a path that is not served. */
export function dispatch(context: Context, request: ApiRequest): Dispatch {
  const fixed = fixedAnswer(context, request)
  if (fixed)
    return { answer: fixed, verb: request.method.toLowerCase(), resource: request.path, target: undefined }
  const target = readTarget(context.registry, request.path)
  if (!target) throw noSuchPath()
  const resource = resourceName(target)
  if (isWatch(request)) {
    const { kind } = target
    if (target.subresource !== '') throw methodNotAllowed()
    // A watch on one name is a watch with a field selector.
    if (target.name !== '') request.query.set('fieldSelector', `metadata.name=${target.name}`)
    const { namespace } = target
    const watch = { kind, namespace, query: request.query, render: renderFor(request, kind) }
    return { watch, verb: 'watch', resource, target }
  }
  return {
    answer: () => answerResource(context, request, target),
    verb: verbOf(request, target),
    resource,
    target,
  }
}

const isWatch = ({ method, query }: ApiRequest) =>
  method === 'GET' && (query.get('watch') === 'true' || query.get('watch') === '1')

function resourceName({ kind, subresource }: Target): string {
  const name = kind.group ? `${kind.plural}.${kind.group}` : kind.plural
  return subresource ? `${name}/${subresource}` : name
}

function verbOf(request: ApiRequest, target: Target): string {
  switch (request.method) {
    case 'GET':
      return target.name === '' ? 'list' : 'get'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return String(request.headers['content-type'] ?? '').includes('apply-patch') ? 'apply' : 'patch'
    case 'DELETE':
      return target.name === '' ? 'deletecollection' : 'delete'
    default:
      return request.method.toLowerCase()
  }
}

const documents = new WeakMap<Context, { generation: number; byPath: Map<string, string> }>()

function fixedAnswer(context: Context, request: ApiRequest): (() => Promise<Answer>) | undefined {
  const { path, method } = request
  if (method === 'POST' && /^\/apis\/auth\w+\.k8s\.io\/v1\/selfsubject/.test(path)) {
    return async () => (await answerReview(request)) ?? ok(undefined)
  }
  if (method !== 'GET') return undefined
  const body = fixedBody(context, request)
  return body === undefined ? undefined : async () => body
}

function fixedBody(context: Context, request: ApiRequest): Answer | undefined {
  const { path } = request
  const { registry } = context
  if (path === '/version') return ok(VERSION)
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(path))
    return { code: 200, body: 'ok', contentType: 'text/plain' }
  if (path === '/openapi/v3') return ok(openApiIndex(registry.all(), registry.generation))
  if (path.startsWith('/openapi/v3/')) return openApi(context, path.slice('/openapi/v3/'.length))
  if (path === '/openapi/v2') {
    return ok({
      swagger: '2.0',
      info: { title: 'Kubernetes (simulated)', version: VERSION.gitVersion },
      paths: {},
    })
  }
  if (path === '/api' || path === '/apis')
    return discoveryRoot(context, request, path === '/api' ? 'api' : 'apis')
  const parts = path.split('/').filter((part) => part !== '')
  if (parts[0] === 'api' && parts.length === 2) return found(apiResourceList(registry, '', parts[1] ?? ''))
  if (parts[0] === 'apis' && parts.length === 2) return found(apiGroup(registry, parts[1] ?? ''))
  if (parts[0] === 'apis' && parts.length === 3) {
    return found(apiResourceList(registry, parts[1] ?? '', parts[2] ?? ''))
  }
  return undefined
}

function found(body: unknown): Answer {
  if (body === undefined) throw noSuchPath()
  return ok(body)
}

function discoveryRoot(context: Context, request: ApiRequest, root: 'api' | 'apis'): Answer {
  const accepted = String(request.headers.accept ?? '').split(',')
  if (accepted.some((one) => one.includes('as=APIGroupDiscoveryList') && /v=v2(;|$)/.test(one))) {
    return { code: 200, body: aggregated(context.registry, root), contentType: AGGREGATED }
  }
  const host = String(request.headers.host ?? '')
  return ok(root === 'api' ? apiVersions(host) : apiGroupList(context.registry))
}

/** Documents are large and change only with the served kinds. */
function openApi(context: Context, path: string): Answer {
  const { registry } = context
  let cache = documents.get(context)
  if (!cache || cache.generation !== registry.generation) {
    cache = { generation: registry.generation, byPath: new Map() }
    documents.set(context, cache)
  }
  const parts = path.split('/')
  const [group, version] = parts[0] === 'api' ? ['', parts[1]] : [parts[1], parts[2]]
  const kinds = registry.all().filter((kind) => kind.group === group && kind.version === version)
  if (kinds.length === 0) throw noSuchPath()
  const text = cache.byPath.get(path) ?? JSON.stringify(openApiDocument(group ?? '', version ?? '', kinds))
  cache.byPath.set(path, text)
  return { code: 200, body: text, contentType: 'application/json' }
}
