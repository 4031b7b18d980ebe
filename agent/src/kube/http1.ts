import http from 'node:http'
import https from 'node:https'
import type { HttpRequest, HttpResponse, TlsIdentity, Transport } from './transport.ts'

const maxSockets = 16
/** A peer that vanished without a word is noticed by TCP after this and a few probes. */
const keepAliveMs = 15_000

/** HTTP/1.1 with kept connections: for plain HTTP, and for proxies that do not speak HTTP/2. */
export function createHttp1(server: URL, tls: TlsIdentity): Transport {
  const { request, Agent } = server.protocol === 'https:' ? https : http
  const options = server.protocol === 'https:' ? { ...defined(tls) } : {}
  const answering = new Agent({ keepAlive: true, keepAliveMsecs: keepAliveMs, maxSockets, ...options })
  const streaming = new Agent({ keepAlive: true, keepAliveMsecs: keepAliveMs, ...options })
  const base = server.pathname.replace(/\/$/, '')

  const send = (wanted: HttpRequest, signal: AbortSignal): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const body = wanted.body === undefined ? undefined : Buffer.from(wanted.body)
      const outgoing = request(
        {
          hostname: server.hostname.replace(/^\[|\]$/g, ''),
          port: server.port || (server.protocol === 'https:' ? 443 : 80),
          method: wanted.method,
          path: base + wanted.path,
          headers: { ...wanted.headers, ...(body ? { 'content-length': body.byteLength } : {}) },
          agent: wanted.longLived ? streaming : answering,
          signal,
        },
        (incoming) => {
          resolve({
            status: incoming.statusCode ?? 0,
            header: (name) => [incoming.headers[name]].flat()[0],
            body: incoming,
          })
        },
      )
      outgoing.on('error', reject)
      outgoing.on('socket', (socket) => socket.setKeepAlive(true, keepAliveMs))
      outgoing.end(body)
    })

  return {
    send,
    close() {
      answering.destroy()
      streaming.destroy()
    },
  }
}

const defined = (tls: TlsIdentity): https.AgentOptions =>
  Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined))
