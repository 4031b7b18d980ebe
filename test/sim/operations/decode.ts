import { type ApiError, badRequest } from '../api/errors.ts'
import { applyDefaults } from '../defaults/index.ts'
import { apiVersionOf, type ResourceKind } from '../resources/kind.ts'
import { schemaOfKind } from '../resources/registry.ts'
import { decodeBuiltin, decodeCustom } from '../schema/decode.ts'
import { DecodeError } from '../schema/scalar.ts'
import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import type { WriteOptions } from './context.ts'

/** A request body as the object the server would keep: checked for kind, decoded, with defaults. */
export function decodeObject(
  kind: ResourceKind,
  body: Json,
  options: WriteOptions,
  refuse = (error: DecodeError): ApiError => badRequest(`${cannotBeHandled(kind)}: ${error.message}`),
): KubeObject {
  checkKind(kind, body)
  const decode = kind.custom ? decodeCustom : decodeBuiltin
  try {
    const { value, unknown } = decode(schemaOfKind(kind), body)
    reportUnknown(kind, unknown, options)
    value.apiVersion = apiVersionOf(kind)
    value.kind = kind.kind
    if (!isMap(value.metadata)) value.metadata = {}
    applyDefaults(kind, value)
    return value as unknown as KubeObject
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw refuse(error)
  }
}

const cannotBeHandled = (kind: ResourceKind) =>
  `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}`

function reportUnknown(kind: ResourceKind, unknown: readonly string[], options: WriteOptions): void {
  if (unknown.length === 0 || options.validation === 'Ignore') return
  const faults = unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  if (options.validation === 'Warn') options.warnings.push(...faults)
  else throw badRequest(`${cannotBeHandled(kind)}: strict decoding error: ${faults.join(', ')}`)
}

function checkKind(kind: ResourceKind, body: Json): void {
  const apiVersion = apiVersionOf(kind)
  if (body.kind !== undefined && body.kind !== kind.kind) {
    throw badRequest(
      `${String(body.kind)} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: converting (${kind.version}.${String(body.kind)}) to (${kind.group.split('.')[0] || 'core'}.${kind.kind}): unknown conversion`,
    )
  }
  if (body.apiVersion !== undefined && body.apiVersion !== apiVersion) {
    throw badRequest(
      `the API version in the data (${String(body.apiVersion)}) does not match the expected API version (${apiVersion})`,
    )
  }
}
