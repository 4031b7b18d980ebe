import type { FastifyInstance } from 'fastify'
import * as v from 'valibot'
import { listCommits, listEvents, readCommit } from '../../readmodel/index.ts'
import type { ApiEdges } from '../edges.ts'
import type { EventStreams } from '../event-stream.ts'
import { missing } from '../missing.ts'
import { models, pageQuery, scope } from '../models/index.ts'
import { addRoute } from '../route.ts'

const commitPrefix = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{7,64}$/),
  v.description('A commit id, or an unambiguous beginning of one'),
)

const eventFilters = {
  ...scope,
  commit: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/))),
  type: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^[a-z-]{1,40}\.([a-z-]{1,40}|\*)$/),
      v.description('`app.healthy`, or all of a noun: `app.*`'),
    ),
  ),
}

/** What happened, and what came from Git. */
export function addHistoryRoutes(
  server: FastifyInstance,
  { database }: ApiEdges,
  streams: EventStreams,
): void {
  addRoute(server, {
    method: 'GET',
    url: '/v1/events',
    operationId: 'listEvents',
    summary: 'Events; with Accept: text/event-stream, as they happen',
    description:
      'A page of JSON, or a stream of server-sent events that starts now or, with Last-Event-ID, after that ' +
      'event. A stream skips none and repeats none, also over a reconnection and another replica.',
    tag: 'history',
    query: {
      ...pageQuery,
      order: v.optional(v.picklist(['asc', 'desc']), 'desc'),
      ...eventFilters,
    },
    content: {
      'application/json': { schema: { $ref: 'EventPage#' } },
      'text/event-stream': { schema: { type: 'string' } },
    },
    answer: models.EventPage,
    handle: async ({ query: { limit, cursor, order, ...filters }, request, reply }) => {
      if (!wantsStream(request.headers.accept)) return listEvents(database, filters, { limit, cursor }, order)
      await streams.open(request, reply, filters)
      return { items: [] }
    },
  })
  addRoute(server, {
    method: 'GET',
    url: '/v1/commits',
    operationId: 'listCommits',
    summary: 'Commits that the hub has seen, the latest first',
    tag: 'history',
    query: { ...pageQuery, status: v.exactOptional(models.CommitStatus) },
    answer: models.CommitPage,
    handle: ({ query: { limit, cursor, status } }) => listCommits(database, { status }, { limit, cursor }),
  })
  addRoute(server, {
    method: 'GET',
    url: '/v1/commits/:commit',
    operationId: 'getCommit',
    summary: 'One commit, with all that is wrong in it: file, line and column',
    tag: 'history',
    params: { commit: commitPrefix },
    answer: models.Commit,
    handle: async ({ params }) =>
      (await readCommit(database, params.commit)) ?? missing('commit', params.commit),
  })
}

const wantsStream = (accept: string | undefined): boolean => accept?.includes('text/event-stream') ?? false
