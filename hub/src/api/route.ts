import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import * as v from 'valibot'
import { models } from './models/index.ts'

/** One operation: what it takes and answers, for the machine that checks, the reader, and the type checker. */
export interface Route<Params extends v.ObjectEntries, Query extends v.ObjectEntries, Body, Answer> {
  readonly method: HTTPMethods
  /** With parameters as `:name`. */
  readonly url: string
  /** A verb and a noun in camel case; what a generated client calls it. */
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tag: 'fleet' | 'history' | 'agents' | 'server'
  readonly params?: Params
  readonly query?: Query
  readonly body?: v.GenericSchema<unknown, Body>
  /** Absent: an answer without content, 204, unless `answers` says otherwise. */
  readonly answer?: v.GenericSchema<unknown, Answer>
  /** Status of success. Default: 200, or 204 without an answer. */
  readonly status?: number
  /** Media types of an answer that is not JSON. */
  readonly content?: Readonly<Record<string, object>>
  /** Open to everybody: the default is that a token is needed. */
  readonly isPublic?: boolean
  readonly handle: (input: Input<Params, Query, Body>) => Promise<Answer>
}

export interface Input<Params extends v.ObjectEntries, Query extends v.ObjectEntries, Body> {
  readonly params: v.InferOutput<v.StrictObjectSchema<Params, undefined>>
  readonly query: v.InferOutput<v.StrictObjectSchema<Query, undefined>>
  readonly body: Body
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

declare module 'fastify' {
  interface FastifyContextConfig {
    isPublic?: boolean
  }
  interface FastifyRequest {
    /** Name of the token that the request came with; empty on public routes. */
    author: string
  }
}

const conversion: ConversionConfig = {
  target: 'draft-2020-12',
  // Of interest to the type checker alone.
  ignoreActions: ['readonly'],
  overrideRef: ({ referenceId }) => `${referenceId}#`,
}

/** Every named model, as a schema that others refer to by its name. */
export function addModels(app: FastifyInstance): void {
  for (const [name, schema] of Object.entries(toJsonSchemaDefs(models, conversion))) {
    app.addSchema({ $id: name, ...schema })
  }
}

function schemaOf(schema: v.GenericSchema): object {
  const { $schema: _, $defs: __, ...rest } = toJsonSchema(schema, { ...conversion, definitions: models })
  return rest
}

const problems = {
  description: 'What went wrong',
  content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
}

export function addRoute<
  Answer,
  Body = undefined,
  Params extends v.ObjectEntries = Record<never, never>,
  Query extends v.ObjectEntries = Record<never, never>,
>(app: FastifyInstance, route: Route<Params, Query, Body, Answer>): void {
  const { method, url, params, query, body, answer, content, isPublic = false } = route
  const status = route.status ?? (answer === undefined && content === undefined ? 204 : 200)
  const description = 'Done'
  const success =
    content !== undefined
      ? { description, content }
      : answer === undefined
        ? { description, type: 'null' }
        : { description, content: { 'application/json': { schema: schemaOf(answer) } } }
  app.route({
    method,
    url,
    config: { isPublic },
    schema: {
      operationId: route.operationId,
      summary: route.summary,
      ...(route.description === undefined ? {} : { description: route.description }),
      tags: [route.tag],
      security: isPublic ? [] : [{ token: [] }],
      ...(params === undefined ? {} : { params: schemaOf(v.strictObject(params)) }),
      querystring: schemaOf(v.strictObject(query ?? {})),
      ...(body === undefined ? {} : { body: schemaOf(body) }),
      response: { [status]: success, '4xx': problems, '5xx': problems },
    },
    handler: async (request, reply) => {
      const input = { params: request.params, query: request.query, body: request.body, request, reply }
      const result = await route.handle(input as Input<Params, Query, Body>)
      if (!reply.sent && !reply.raw.headersSent && result !== reply) return reply.code(status).send(result)
      return reply
    },
  })
}
