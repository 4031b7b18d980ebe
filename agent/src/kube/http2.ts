import http2 from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { HttpRequest, HttpResponse, Transport } from './transport.ts'

/** API servers allow 100 to 250 streams on a connection; what is beyond would wait unseen. */
const streamsPerSession = 80
const pingIntervalMs = 20_000
const pingTimeoutMs = 10_000

interface Session {
  readonly http: http2.ClientHttp2Session
  streams: number
}

/**
 * HTTP/2 over sockets that `dial` opens. Connections are opened when the ones there are full, closed when
 * a ping stays unanswered, and replaced without anybody noticing but the requests they carried.
 */
export function createHttp2(server: URL, dial: () => Promise<TLSSocket>): Transport {
  const sessions = new Set<Session>()
  let opening: Promise<Session> | undefined
  const base = server.pathname.replace(/\/$/, '')

  const open = async (): Promise<Session> => {
    const socket = await dial()
    const http = http2.connect(server.origin, { createConnection: () => socket })
    const session: Session = { http, streams: 0 }
    const drop = () => sessions.delete(session)
    http.on('close', drop).on('goaway', drop).on('error', drop)
    watchPulse(http)
    sessions.add(session)
    return session
  }

  const withRoom = async (): Promise<Session> => {
    for (const session of sessions) {
      if (session.streams < streamsPerSession && !session.http.closed && !session.http.destroyed)
        return session
    }
    opening ??= open().finally(() => {
      opening = undefined
    })
    return opening
  }

  return {
    async send(request, signal) {
      signal.throwIfAborted()
      const session = await withRoom()
      session.streams += 1
      return exchange(session, base, request, signal)
    },
    close() {
      for (const { http } of sessions) http.destroy()
      sessions.clear()
    },
  }
}

function exchange(
  session: Session,
  base: string,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const headers = { ':method': request.method, ':path': base + request.path, ...request.headers }
    // Said plainly, because Node takes a DELETE to have no body.
    const stream = session.http.request(headers, { endStream: request.body === undefined })
    const abort = () => stream.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    signal.addEventListener('abort', abort, { once: true })
    stream.once('close', () => {
      session.streams -= 1
      signal.removeEventListener('abort', abort)
      reject(new Error('the connection to the API server was lost'))
    })
    stream.once('error', reject)
    stream.once('response', (headers) => {
      resolve({
        status: headers[':status'] ?? 0,
        header: (name) => [headers[name]].flat()[0],
        body: stream,
      })
    })
    if (request.body !== undefined) stream.end(request.body)
  })
}

/** A watch that is merely quiet looks like one whose peer is gone; only a ping tells them apart. */
function watchPulse(session: http2.ClientHttp2Session): void {
  const beat = setInterval(() => {
    if (session.destroyed) return
    const late = setTimeout(
      () => session.destroy(new Error('the API server answers no pings')),
      pingTimeoutMs,
    )
    session.ping(() => clearTimeout(late))
  }, pingIntervalMs)
  beat.unref()
  session.once('close', () => clearInterval(beat))
}
