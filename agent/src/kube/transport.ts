import type { KubeAccess, KubeCredentials } from './access.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE'
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** A stream that stays open must not take a place among those that answer and go. */
  readonly longLived?: boolean | undefined
}

export interface HttpResponse {
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly body: AsyncIterable<Uint8Array>
}

/** Moves bytes; knows nothing of Kubernetes. */
export interface Transport {
  /** @throws whatever the socket says; aborting the signal also ends a body that is being read */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
  close(): void
}

export interface TlsIdentity {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly servername?: string | undefined
  readonly rejectUnauthorized: boolean
}

export const tlsIdentity = (access: KubeAccess, credentials: KubeCredentials): TlsIdentity => ({
  ca: access.certificateAuthority,
  cert: credentials.certificate,
  key: credentials.key,
  servername: access.serverName,
  rejectUnauthorized: access.insecureSkipTlsVerify !== true,
})
