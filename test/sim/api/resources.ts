import { serverSideApply } from '../operations/apply.ts'
import type { Context } from '../operations/context.ts'
import { type DeleteOptions, remove } from '../operations/delete.ts'
import { PATCH_TYPES, patch } from '../operations/patch.ts'
import { patchScale, scaleOf, updateScale } from '../operations/scale.ts'
import { create, get, update } from '../operations/write.ts'
import { groupResourceOf } from '../resources/kind.ts'
import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { type Answer, ok } from './answer.ts'
import { badRequest, invalidObject, methodNotAllowed, noSuchPath, notFound, required } from './errors.ts'
import { list, listBody } from './list.ts'
import { renderFor, renderList } from './render.ts'
import { type ApiRequest, contentType, type Target, writeOptions } from './request.ts'

/** Answers a request for objects; watches are not answered here. */
export async function answerResource(context: Context, request: ApiRequest, target: Target): Promise<Answer> {
  const body = request.method === 'GET' ? undefined : await request.body()
  if (target.name === '') return answerCollection(context, request, target, body)
  if (target.subresource === 'scale' && target.kind.scale) return answerScale(context, request, target, body)
  if (target.subresource === 'log' && target.kind.kind === 'Pod') return answerLog(context, target)
  if (target.subresource !== '' && !(target.subresource === 'status' && target.kind.status))
    throw noSuchPath()
  return answerObject(context, request, target, body)
}

function answerCollection(context: Context, request: ApiRequest, target: Target, body: unknown): Answer {
  const { kind, namespace } = target
  switch (request.method) {
    case 'GET': {
      const result = list(context, kind, namespace, request.query)
      return ok(renderList(request, kind, result) ?? listBody(kind, result))
    }
    case 'POST': {
      if (kind.namespaced && namespace === '') {
        throw badRequest('an empty namespace may not be set during creation')
      }
      const options = writeOptions(request, '')
      const object = create(context, kind, namespace, mapBody(body), options)
      return shown(request, target, object, options.warnings, 201)
    }
    case 'DELETE':
      return deleteCollection(context, request, target, body)
    default:
      throw methodNotAllowed()
  }
}

function answerObject(context: Context, request: ApiRequest, target: Target, body: unknown): Answer {
  const { kind, namespace, name } = target
  const options = writeOptions(request, target.subresource === 'status' ? 'status' : '')
  switch (request.method) {
    case 'GET':
      return shown(request, target, get(context, kind, namespace, name))
    case 'PUT':
      return shown(
        request,
        target,
        update(context, kind, namespace, name, mapBody(body), options),
        options.warnings,
      )
    case 'PATCH': {
      const mediaType = contentType(request)
      if (mediaType === PATCH_TYPES.apply || mediaType === 'application/apply-patch+cbor') {
        return answerApply(context, request, target, mapBody(body), options)
      }
      return shown(
        request,
        target,
        patch(context, kind, namespace, name, mediaType, body, options),
        options.warnings,
      )
    }
    case 'DELETE': {
      const deletion = remove(context, kind, namespace, name, deleteOptions(request, body))
      return deletion.gone
        ? ok(deletedStatus(target, deletion.object))
        : shown(request, target, deletion.object)
    }
    default:
      throw methodNotAllowed()
  }
}

function answerApply(
  context: Context,
  request: ApiRequest,
  target: Target,
  body: Json,
  options: ReturnType<typeof writeOptions>,
): Answer {
  if (!request.query.get('fieldManager')) {
    const missing = required('fieldManager', 'is required for apply patch')
    throw invalidObject({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [missing])
  }
  const force = request.query.get('force') === 'true'
  const { kind, namespace, name } = target
  const applied = serverSideApply(context, kind, namespace, name, body, { ...options, force })
  return shown(request, target, applied.object, options.warnings, applied.created ? 201 : 200)
}

function shown(
  request: ApiRequest,
  target: Target,
  object: KubeObject,
  warnings: readonly string[] = [],
  code = 200,
): Answer {
  const render = renderFor(request, target.kind)
  return ok(render ? render(object) : object, warnings, code)
}

function mapBody(body: unknown): Json {
  if (!isMap(body)) throw badRequest('the request body must be an object')
  return body
}

/** DeleteOptions come in the body, in the query, or both. */
function deleteOptions(request: ApiRequest, body: unknown): DeleteOptions {
  const given = (isMap(body) ? body : {}) as DeleteOptions & { dryRun?: unknown; orphanDependents?: boolean }
  const policy =
    given.propagationPolicy ?? request.query.get('propagationPolicy') ?? orphan(given.orphanDependents)
  if (policy && policy !== 'Background' && policy !== 'Foreground' && policy !== 'Orphan') {
    throw badRequest(
      `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan"`,
    )
  }
  const dryRun = Array.isArray(given.dryRun) ? given.dryRun.length > 0 : request.query.has('dryRun')
  return {
    dryRun,
    ...(policy ? { propagationPolicy: policy as NonNullable<DeleteOptions['propagationPolicy']> } : {}),
    ...(given.preconditions ? { preconditions: given.preconditions } : {}),
  }
}

const orphan = (orphanDependents: boolean | undefined) => (orphanDependents ? 'Orphan' : undefined)

function deletedStatus(target: Target, object: KubeObject): unknown {
  const { kind } = target
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: object.metadata.name,
      ...(kind.group ? { group: kind.group } : {}),
      kind: kind.plural,
      uid: object.metadata.uid,
    },
  }
}

function deleteCollection(context: Context, request: ApiRequest, target: Target, body: unknown): Answer {
  const { kind, namespace } = target
  const result = list(context, kind, namespace, request.query)
  const options = deleteOptions(request, body)
  for (const object of result.items) {
    remove(context, kind, object.metadata.namespace ?? '', object.metadata.name, options)
  }
  return ok(listBody(kind, { ...result, revision: context.store.revision }))
}

function answerScale(context: Context, request: ApiRequest, target: Target, body: unknown): Answer {
  const { kind, namespace, name } = target
  if (request.method === 'GET') return ok(scaleOf(kind, get(context, kind, namespace, name)))
  const options = writeOptions(request, 'scale')
  if (request.method === 'PUT') return ok(updateScale(context, kind, namespace, name, mapBody(body), options))
  if (request.method !== 'PATCH') throw methodNotAllowed()
  return ok(patchScale(context, kind, namespace, name, contentType(request), body, options))
}

function answerLog(context: Context, target: Target): Answer {
  if (!context.store.get(groupResourceOf(target.kind), `${target.namespace}/${target.name}`)) {
    throw notFound(target.kind, target.name)
  }
  return {
    code: 200,
    contentType: 'text/plain',
    body: 'simulated: no container runs here, so there is no log\n',
  }
}
