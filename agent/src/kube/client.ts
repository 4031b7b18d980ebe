import { canonicalJson, type JsonObject, type KubernetesObject } from '@roadstead/proto'
import type { KubeAccess } from './access.ts'
import { createCaller } from './call.ts'
import { createTransport } from './dial.ts'
import { createDiscovery, type Resource, resourcePath } from './discovery.ts'
import { isAbsent, KubeError } from './errors.ts'
import { kubeLimits } from './limits.ts'
import { keyOf, type LiveObject, type ObjectKey } from './objects.ts'
import type { Transport } from './transport.ts'
import { readWatch, type WatchEvent } from './watch.ts'

/** The name under which Roadstead owns fields. */
export const fieldManager = 'roadstead'

export interface ListPage {
  readonly items: readonly LiveObject[]
  readonly resourceVersion: string
  readonly next: string | undefined
}

export interface Selection {
  readonly namespace?: string
  readonly labels?: string
  readonly fields?: string
}

/**
 * The API server, as raw JSON: nothing is dropped, renamed or defaulted on the way. Every method throws
 * `RoadsteadError` only, with what the server said as its message.
 */
export interface KubeClient {
  /** @throws RoadsteadError `kind-unknown` */
  resourceOf(apiVersion: string, kind: string, signal: AbortSignal): Promise<Resource>
  /** The same as far as it is known without asking. */
  knownResource(apiVersion: string, kind: string): Resource | undefined
  /** `undefined` where there is no such object. */
  get(key: ObjectKey, signal: AbortSignal): Promise<LiveObject | undefined>
  /** Server-side apply as `roadstead`, conflicts forced, unknown fields refused. */
  apply(object: KubernetesObject, options: { dryRun?: boolean }, signal: AbortSignal): Promise<LiveObject>
  /**
   * Deletes in the background. `gone`: there was no such object. With a uid, another object of the same
   * name is left alone: `replaced`.
   */
  delete(
    key: ObjectKey,
    uid: string | undefined,
    signal: AbortSignal,
  ): Promise<'deleted' | 'gone' | 'replaced'>
  list(
    apiVersion: string,
    kind: string,
    selection: Selection & { readonly continue?: string | undefined },
    signal: AbortSignal,
  ): Promise<ListPage>
  /** Events after the given version. Ends when the server or the network ends it. */
  watch(
    apiVersion: string,
    kind: string,
    selection: Selection & { readonly resourceVersion: string },
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent>
  /** `gitVersion`, e.g. `v1.36.1`. */
  version(signal: AbortSignal): Promise<string>
  /** Forgets what kinds there are, after a CRD changed. */
  forgetKinds(): void
  close(): void
}

export interface KubeClientOptions {
  readonly userAgent: string
  readonly transport?: Transport
  readonly random?: () => number
}

export function createKubeClient(access: KubeAccess, options: KubeClientOptions): KubeClient {
  const transport = options.transport ?? createTransport(access)
  const random = options.random ?? Math.random
  const caller = createCaller(access, transport, options.userAgent)
  const getJson = (path: string, signal: AbortSignal) => caller.json({ method: 'GET', path }, signal)
  const discovery = createDiscovery(getJson)

  const pathOf = async (key: ObjectKey, signal: AbortSignal): Promise<string> =>
    resourcePath(await discovery.find(key.apiVersion, key.kind, signal), key.namespace, key.name)

  return {
    resourceOf: discovery.find,
    knownResource: discovery.known,
    forgetKinds: discovery.forget,
    close: () => transport.close(),

    async get(key, signal) {
      const path = await pathOf(key, signal)
      return (await getJson(path, signal).catch(noneIfAbsent)) as LiveObject | undefined
    },

    async apply(object, { dryRun }, signal) {
      const query = `fieldManager=${fieldManager}&force=true&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`
      const path = `${await pathOf(keyOf(object), signal)}?${query}`
      const call = {
        method: 'PATCH',
        path,
        contentType: 'application/apply-patch+yaml',
        body: canonicalJson(object),
      } as const
      return (await caller.json(call, signal)) as LiveObject
    },

    async delete(key, uid, signal) {
      const preconditions = uid === undefined || uid === '' ? {} : { preconditions: { uid } }
      const body = JSON.stringify({ propagationPolicy: 'Background', ...preconditions })
      const path = await pathOf(key, signal)
      try {
        await caller.json({ method: 'DELETE', path, contentType: 'application/json', body }, signal)
        return 'deleted'
      } catch (error) {
        if (isAbsent(error)) return 'gone'
        if (error instanceof KubeError && error.status === 409 && uid !== undefined) return 'replaced'
        throw error
      }
    },

    async list(apiVersion, kind, selection, signal) {
      const resource = await discovery.find(apiVersion, kind, signal)
      const query = new URLSearchParams({ limit: String(kubeLimits.listPage), ...selectors(selection) })
      if (selection.continue !== undefined) query.set('continue', selection.continue)
      const path = `${resourcePath(resource, selection.namespace ?? '')}?${query}`
      const page = (await getJson(path, signal)) as JsonObject & {
        metadata?: { resourceVersion?: string; continue?: string }
        items?: LiveObject[]
      }
      return {
        // The items of a list come without these two.
        items: (page.items ?? []).map((item) => ({ ...item, apiVersion, kind }) as LiveObject),
        resourceVersion: page.metadata?.resourceVersion ?? '',
        next: page.metadata?.continue || undefined,
      }
    },

    async *watch(apiVersion, kind, selection, signal) {
      const resource = await discovery.find(apiVersion, kind, signal)
      const seconds = Math.round(kubeLimits.watchSeconds * (1 + random() / 2))
      const query = new URLSearchParams({
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(seconds),
        resourceVersion: selection.resourceVersion,
        ...selectors(selection),
      })
      const path = `${resourcePath(resource, selection.namespace ?? '')}?${query}`
      yield* readWatch((ending) => caller.stream(path, ending), signal)
    },

    async version(signal) {
      const { gitVersion } = (await getJson('/version', signal)) as { gitVersion?: string }
      return gitVersion ?? 'unknown'
    },
  }
}

const selectors = ({ labels, fields }: Selection): Record<string, string> => ({
  ...(labels === undefined ? {} : { labelSelector: labels }),
  ...(fields === undefined ? {} : { fieldSelector: fields }),
})

function noneIfAbsent(error: unknown): undefined {
  if (isAbsent(error)) return undefined
  throw error
}
