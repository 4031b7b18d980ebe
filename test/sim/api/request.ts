import { parse as parseYaml } from 'yaml'
import { badRequest, noSuchPath, unsupportedMediaType } from '../api/errors.ts'
import type { WriteOptions } from '../operations/context.ts'
import type { ResourceKind } from '../resources/kind.ts'
import type { Registry } from '../resources/registry.ts'
import { ProtobufError, readProtobuf } from '../schema/protobuf.ts'

/** A request body larger than this is refused, as kube-apiserver refuses it. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024

/** What a path under /api or /apis names. */
export interface Target {
  readonly kind: ResourceKind
  /** Empty for cluster-scoped kinds and for lists over all namespaces. */
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}

export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  body(): Promise<unknown>
}

/** Reads `/api/v1/…` and `/apis/<group>/<version>/…` paths; undefined for paths that are not of resources. */
export function readTarget(registry: Registry, path: string): Target | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  const [root, ...rest] = parts
  if (root !== 'api' && root !== 'apis') return undefined
  const group = root === 'api' ? '' : rest.shift()
  const version = rest.shift()
  if (group === undefined || version === undefined || rest.length === 0) return undefined
  // /namespaces/x/pods is a namespaced resource, /namespaces/x and /namespaces/x/status are the Namespace.
  if (rest[0] === 'namespaces' && rest.length >= 3 && !(group === '' && isNamespaceSubresource(rest))) {
    const [, namespace = '', plural = '', name = '', subresource = ''] = rest
    return targetOf(registry, group, version, plural, { namespace, name, subresource }, rest.length > 5)
  }
  const [plural = '', name = '', subresource = ''] = rest
  return targetOf(registry, group, version, plural, { namespace: '', name, subresource }, rest.length > 3)
}

const isNamespaceSubresource = (rest: readonly string[]) =>
  rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize')

function targetOf(
  registry: Registry,
  group: string,
  version: string,
  plural: string,
  names: Omit<Target, 'kind'>,
  tooLong: boolean,
): Target {
  const kind = registry.find(group, version, plural)
  if (!kind || tooLong || (names.namespace !== '' && !kind.namespaced)) throw noSuchPath()
  return { kind, ...names }
}

export function writeOptions(request: ApiRequest, subresource: WriteOptions['subresource']): WriteOptions {
  const { query } = request
  const validation = query.get('fieldValidation') ?? 'Warn'
  if (validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore') {
    throw badRequest(
      `fieldValidation: Unsupported value: ${JSON.stringify(validation)}: supported values: "Ignore", "Strict", "Warn"`,
    )
  }
  const dryRun = query.getAll('dryRun')
  if (dryRun.some((one) => one !== 'All'))
    throw badRequest(`dryRun: Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`)
  return {
    manager: query.get('fieldManager') || userAgentManager(request),
    subresource,
    dryRun: dryRun.length > 0,
    validation,
    warnings: [],
  }
}

/** The manager of a write that names none: what comes before the slash in its User-Agent. */
function userAgentManager(request: ApiRequest): string {
  const agent = String(request.headers['user-agent'] ?? '').split('/')[0]
  return agent || 'unknown'
}

export const contentType = (request: ApiRequest): string =>
  String(request.headers['content-type'] ?? 'application/json')
    .split(';')[0]
    ?.trim() ?? ''

/** A request body as a value: JSON, protobuf, or YAML where the type says so (apply patches may be JSON all the same). */
export function parseBody(bytes: Buffer, mediaType: string, registry: Registry): unknown {
  if (bytes.length === 0) return undefined
  if (mediaType === 'application/vnd.kubernetes.protobuf') return parseProtobuf(bytes, registry)
  const text = bytes.toString('utf8')
  const yaml = mediaType.endsWith('yaml')
  if (!yaml && !mediaType.endsWith('json')) {
    throw unsupportedMediaType([
      'application/json',
      'application/yaml',
      'application/vnd.kubernetes.protobuf',
    ])
  }
  try {
    return yaml && !text.trimStart().startsWith('{') ? parseYaml(text) : JSON.parse(text)
  } catch (error) {
    const what = yaml ? 'error decoding YAML' : "couldn't get version/kind; json parse error"
    throw badRequest(`${what}: ${(error as Error).message}`)
  }
}

/** Bodies that are no objects of a kind, by kind. */
const BODY_TYPES: Readonly<Record<string, string>> = {
  DeleteOptions: 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
  Scale: 'io.k8s.api.autoscaling.v1.Scale',
}

function parseProtobuf(bytes: Buffer, registry: Registry): unknown {
  try {
    return readProtobuf(
      bytes,
      (apiVersion, kind) => BODY_TYPES[kind] ?? registry.findKind(apiVersion, kind)?.type,
    )
  } catch (error) {
    if (error instanceof ProtobufError) throw badRequest(`the protobuf body cannot be read: ${error.message}`)
    throw error
  }
}
