import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import swagger from '@fastify/swagger'
import { RoadsteadError } from '@roadstead/proto'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { authenticator } from './authentication.ts'
import type { ApiEdges, ApiOptions } from './edges.ts'
import { tagAnswer } from './etag.ts'
import { createEventFeed } from './event-feed.ts'
import { createEventStreams } from './event-stream.ts'
import { limits } from './limits.ts'
import { sendProblem } from './problem.ts'
import { addModels } from './route.ts'
import { addAgentRoutes } from './routes/agents.ts'
import { addAppRoutes } from './routes/apps.ts'
import { addClusterRoutes } from './routes/clusters.ts'
import { addExplainRoutes } from './routes/explain.ts'
import { addFleetRoutes } from './routes/fleet.ts'
import { addGitRoutes, addWebhookRoute } from './routes/git.ts'
import { addHistoryRoutes } from './routes/history.ts'
import { addServerRoutes } from './routes/server.ts'

export interface Api {
  /**
   * Starts to listen.
   *
   * @returns where it answers, with the port that was taken
   * @throws RoadsteadError `unavailable` when the address can not be listened on
   */
  listen(): Promise<string>
  /** Takes no more requests, lets those under way finish, ends event streams. */
  close(): Promise<void>
  /** The server itself; tests ask it without a socket. */
  readonly server: FastifyInstance
}

/** The HTTP interface, with all its routes; it listens when it is told to. */
export async function createApi(edges: ApiEdges, options: ApiOptions): Promise<Api> {
  const server = createServer(edges, options)
  const feed = createEventFeed(edges, (error) => server.log.warn({ err: error }, 'events can not be read'))
  const streams = createEventStreams(feed)
  edges.telemetry.meter
    .createObservableGauge('roadstead.api.event_streams', { description: 'Open streams of events' })
    .addCallback((gauge) => gauge.observe(streams.count()))
  server.addHook('preClose', async () => {
    streams.close()
    await feed.close()
  })
  guard(server, edges, options)
  await describe(server, options)
  addModels(server)
  addFleetRoutes(server, edges)
  addClusterRoutes(server, edges)
  addAppRoutes(server, edges)
  addExplainRoutes(server, edges)
  addHistoryRoutes(server, edges, streams)
  addAgentRoutes(server, edges)
  addServerRoutes(server, edges)
  await addWebhookRoute(server, edges, options.webhookSecret)
  await addGitRoutes(server, edges)
  await server.ready()
  return { server, listen: () => listen(server, options), close: () => server.close() }
}

async function listen(server: FastifyInstance, { host, port, tls }: ApiOptions): Promise<string> {
  await server.listen({ host, port }).catch((cause: unknown) => {
    throw new RoadsteadError('unavailable', `the API can not listen on ${host}:${port}`, { cause })
  })
  const taken = server.server.address() as AddressInfo
  const name = taken.family === 'IPv6' ? `[${taken.address}]` : taken.address
  return `${tls ? 'https' : 'http'}://${name}:${taken.port}`
}

function createServer({ telemetry }: ApiEdges, { tls }: ApiOptions): FastifyInstance {
  const shared = {
    loggerInstance: telemetry.logger as FastifyBaseLogger,
    // One line per request is written below, with the outcome.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    routerOptions: { maxParamLength: limits.urlParameterChars },
    forceCloseConnections: 'idle',
    // What nobody knows is refused by name, not dropped.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, useDefaults: true } },
  } as const
  const headersTimeout = limits.headersMs
  const server: FastifyInstance =
    tls === undefined
      ? fastify({ ...shared, http: { headersTimeout } })
      : (fastify({
          ...shared,
          https: { key: tls.key, cert: tls.certificate, headersTimeout },
        }) as unknown as FastifyInstance)
  // The types hold answers to their schemas; to serialise by them would only drop what is too much.
  return server.setSerializerCompiler(() => (data) => JSON.stringify(data))
}

/** What holds for every request: who asks, how errors look, what is measured. */
function guard(server: FastifyInstance, { telemetry }: ApiEdges, { tokens }: ApiOptions): void {
  const authenticate = authenticator(tokens)
  const durations = telemetry.meter.createHistogram('http.server.request.duration', { unit: 's' })
  server.decorateRequest('author', '')
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    if (request.routeOptions.config.isPublic) return
    try {
      request.author = authenticate(request.headers.authorization)
    } catch (error) {
      // Git asks for a password only when it is told to.
      if (request.url.startsWith('/git/')) reply.header('www-authenticate', 'Basic realm="roadstead"')
      throw error
    }
  })
  server.addHook('onSend', tagAnswer)
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const seconds = reply.elapsedTime / 1_000
    const { method } = request
    durations.record(seconds, { method, route, status: reply.statusCode })
    request.log.debug(
      { method, route, status: reply.statusCode, seconds, author: request.author },
      'answered',
    )
  })
  server.setErrorHandler(sendProblem)
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]
    return sendProblem(
      new RoadsteadError('not-found', `there is nothing at ${request.method} ${path}`),
      request,
      reply,
    )
  })
}

function describe(server: FastifyInstance, { publicUrl, version }: ApiOptions) {
  return server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Roadstead',
        description: 'How a fleet of clusters is, what happened in it, and how agents join it.',
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: publicUrl ?? '/' }],
      tags: [
        { name: 'fleet', description: 'How the fleet is now' },
        { name: 'history', description: 'What happened' },
        { name: 'agents', description: 'How agents join and leave' },
        { name: 'server', description: 'The server itself' },
      ],
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A token of this server' } },
      },
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) => String(json.$id ?? `model-${index}`),
    },
  })
}
