/** Requests to a Kubernetes API, real or simulated, as a bystander of a test makes them. */
import http, { type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import { createInterface } from 'node:readline'

export interface KubeConnection {
  /** `https://127.0.0.1:<port>`, or `http:` for a simulated cluster */
  readonly url: string
  /** A bearer token. */
  readonly token: string
  /** PEM of what to trust. */
  readonly ca?: string
}

export interface KubeAnswer {
  readonly status: number
  /** Parsed where it is JSON, else the text. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any kind
  readonly body: any
}

export interface KubeRequestOptions {
  readonly body?: unknown
  /** Of the body. Default: JSON. */
  readonly contentType?: string
}

const REQUEST_DEADLINE_MS = 20_000

/** One request. An answer of any status is a result; a connection that fails is an error. */
export async function kubeRequest(
  connection: KubeConnection,
  method: string,
  path: string,
  { body, contentType = 'application/json' }: KubeRequestOptions = {},
): Promise<KubeAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  // Said plainly, because Node takes a DELETE to have no body and would not announce one.
  const described = text && { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }
  const response = await open(connection, path, {
    method,
    headers: { ...described },
    signal: AbortSignal.timeout(REQUEST_DEADLINE_MS),
    ...(text !== undefined && { text }),
  })
  const answer = (await response.toArray()).join('')
  const isJson = response.headers['content-type']?.includes('json') ?? false
  return { status: response.statusCode ?? 0, body: isJson ? JSON.parse(answer) : answer }
}

/** The events of a watch, until it ends or the signal is aborted. It does not keep the process from ending. */
export async function* kubeWatch(
  connection: KubeConnection,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<KubeEvent> {
  const response = await open(connection, `${path}?watch=true`, { method: 'GET', headers: {}, signal })
  response.socket.unref()
  for await (const line of createInterface({ input: response })) yield JSON.parse(line) as KubeEvent
}

export interface KubeEvent {
  readonly type: string
  readonly object: KubeLive
}

/** An object as tests look at it. */
export interface KubeLive {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
    readonly managedFields?: readonly {
      readonly manager?: string
      readonly operation?: string
      readonly fieldsV1?: object
    }[]
  }
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of any kind
  readonly [field: string]: any
}

type Sent = Pick<RequestOptions, 'method' | 'headers' | 'signal'> & { readonly text?: string }

function open(
  connection: KubeConnection,
  path: string,
  { text, ...options }: Sent,
): Promise<IncomingMessage> {
  const url = new URL(path, connection.url)
  const headers = {
    ...options.headers,
    accept: 'application/json',
    authorization: `Bearer ${connection.token}`,
  }
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'http:'
        ? http.request(url, { ...options, headers, agent: plain })
        : https.request(url, { ...options, headers, agent: secured(connection) })
    request.once('error', reject)
    request.once('response', (response) => {
      response.setEncoding('utf8')
      resolve(response)
    })
    request.end(text)
  })
}

const plain = new http.Agent({ keepAlive: true })
const agents = new Map<string, https.Agent>()

function secured({ url, ca }: KubeConnection): https.Agent {
  const agent = agents.get(url) ?? new https.Agent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
  agents.set(url, agent)
  return agent
}
