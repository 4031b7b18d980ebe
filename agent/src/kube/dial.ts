import tls, { type TLSSocket } from 'node:tls'
import type { KubeAccess } from './access.ts'
import { createHttp1 } from './http1.ts'
import { createHttp2 } from './http2.ts'
import { type TlsIdentity, type Transport, tlsIdentity } from './transport.ts'

const connectTimeoutMs = 10_000

/** The transport a server understands: HTTP/2 where TLS negotiates it, HTTP/1.1 otherwise. */
export function createTransport(access: KubeAccess): Transport {
  const { server } = access
  if (server.protocol === 'http:') return createHttp1(server, { rejectUnauthorized: true })
  let chosen: Promise<Transport> | undefined
  let identity = ''

  const choose = async (): Promise<Transport> => {
    const wanted = tlsIdentity(access, await access.credentials())
    const socket = await dialTls(server, wanted)
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy()
      return createHttp1(server, wanted)
    }
    let first: TLSSocket | undefined = socket
    return createHttp2(server, async () => {
      const ready = first
      first = undefined
      return ready && !ready.destroyed
        ? ready
        : dialTls(server, tlsIdentity(access, await access.credentials()))
    })
  }

  return {
    async send(request, signal) {
      const credentials = await access.credentials()
      const certificate = credentials.certificate ?? ''
      if (chosen && certificate !== identity) {
        void chosen.then((old) => old.close())
        chosen = undefined
      }
      identity = certificate
      chosen ??= choose()
      const transport = await chosen.catch((error: unknown) => {
        chosen = undefined
        throw error
      })
      return transport.send(request, signal)
    },
    close() {
      void chosen?.then((transport) => transport.close())
    },
  }
}

function dialTls(server: URL, identity: TlsIdentity): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const host = server.hostname.replace(/^\[|\]$/g, '')
    const socket = tls.connect({
      host,
      port: Number(server.port || 443),
      ALPNProtocols: ['h2', 'http/1.1'],
      rejectUnauthorized: identity.rejectUnauthorized,
      ...(identity.ca === undefined ? {} : { ca: identity.ca }),
      ...(identity.cert === undefined ? {} : { cert: identity.cert }),
      ...(identity.key === undefined ? {} : { key: identity.key }),
      ...serverNameOf(identity.servername, host),
    })
    const late = setTimeout(() => socket.destroy(new Error('TLS connection timed out')), connectTimeoutMs)
    socket.once('secureConnect', () => {
      clearTimeout(late)
      socket.setKeepAlive(true, 15_000)
      resolve(socket)
    })
    socket.once('error', (error) => {
      clearTimeout(late)
      reject(error)
    })
  })
}

/** SNI allows no IP address. */
const serverNameOf = (stated: string | undefined, host: string): { servername?: string } => {
  const name = stated ?? host
  return /^[\d.]+$|:/.test(name) ? {} : { servername: name }
}
