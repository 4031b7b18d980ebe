import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { messageOf, RoadsteadError } from '@roadstead/proto'
import * as v from 'valibot'
import { parse } from 'yaml'
import { fixedCredentials, type KubeAccess } from './access.ts'
import { tokenFromFile } from './incluster.ts'

const text = v.exactOptional(v.string())
const KubeconfigSchema = v.object({
  'current-context': text,
  clusters: v.array(
    v.object({
      name: v.string(),
      cluster: v.object({
        server: v.string(),
        'certificate-authority': text,
        'certificate-authority-data': text,
        'insecure-skip-tls-verify': v.exactOptional(v.boolean()),
        'tls-server-name': text,
      }),
    }),
  ),
  users: v.array(
    v.object({
      name: v.string(),
      user: v.nullish(
        v.object({
          token: text,
          tokenFile: text,
          'client-certificate': text,
          'client-certificate-data': text,
          'client-key': text,
          'client-key-data': text,
          exec: v.exactOptional(v.unknown()),
          'auth-provider': v.exactOptional(v.unknown()),
        }),
        {},
      ),
    }),
  ),
  contexts: v.array(
    v.object({ name: v.string(), context: v.object({ cluster: v.string(), user: v.string() }) }),
  ),
})
type Kubeconfig = v.InferOutput<typeof KubeconfigSchema>
type User = NonNullable<Kubeconfig['users'][number]['user']>

/**
 * The access a kubeconfig gives. Plain credentials are read here; only `exec` and `auth-provider` load
 * `@kubernetes/client-node`, which costs some 40 MB.
 *
 * @throws RoadsteadError `invalid-field` naming what the file lacks
 */
export async function kubeconfigAccess(path: string, contextName?: string): Promise<KubeAccess> {
  const config = await read(path)
  const wanted = contextName ?? config['current-context']
  const context = find(path, 'context', config.contexts, wanted).context
  const { cluster } = find(path, 'cluster', config.clusters, context.cluster)
  const user = find(path, 'user', config.users, context.user).user ?? {}
  const base = dirname(path)
  return {
    server: new URL(cluster.server),
    certificateAuthority: await pem(
      base,
      cluster['certificate-authority-data'],
      cluster['certificate-authority'],
    ),
    serverName: cluster['tls-server-name'],
    insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'],
    ...(await credentialsOf(path, base, user, wanted)),
  }
}

async function read(path: string): Promise<Kubeconfig> {
  try {
    return v.parse(KubeconfigSchema, parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new RoadsteadError('invalid-field', `kubeconfig ${path}: ${messageOf(cause)}`, { cause })
  }
}

function find<T extends { name: string }>(path: string, what: string, all: T[], name: string | undefined): T {
  const found = all.find((one) => one.name === name)
  if (found) return found
  const known = all.map((one) => one.name).join(', ') || 'none'
  throw new RoadsteadError(
    'invalid-field',
    `kubeconfig ${path} has no ${what} "${name ?? ''}"; it has: ${known}`,
  )
}

const pem = async (base: string, data: string | undefined, file: string | undefined) =>
  data !== undefined
    ? Buffer.from(data, 'base64').toString('utf8')
    : file === undefined
      ? undefined
      : readFile(resolve(base, file), 'utf8')

async function credentialsOf(
  path: string,
  base: string,
  user: User,
  context: string | undefined,
): Promise<Pick<KubeAccess, 'credentials' | 'refresh'>> {
  if (user.exec !== undefined || user['auth-provider'] !== undefined) return pluginCredentials(path, context)
  if (user.tokenFile !== undefined && user.token === undefined)
    return tokenFromFile(resolve(base, user.tokenFile))
  return fixedCredentials({
    authorization: user.token === undefined ? undefined : `Bearer ${user.token}`,
    certificate: await pem(base, user['client-certificate-data'], user['client-certificate']),
    key: await pem(base, user['client-key-data'], user['client-key']),
  })
}

async function pluginCredentials(
  path: string,
  context: string | undefined,
): Promise<Pick<KubeAccess, 'credentials' | 'refresh'>> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  let config: InstanceType<typeof KubeConfig> | undefined
  return {
    async credentials() {
      if (!config) {
        config = new KubeConfig()
        config.loadFromFile(path)
        if (context !== undefined) config.setCurrentContext(context)
      }
      const options: { headers?: Record<string, string>; cert?: unknown; key?: unknown } = { headers: {} }
      await config.applyToHTTPSOptions(options as never)
      return {
        authorization: options.headers?.Authorization,
        certificate: options.cert === undefined ? undefined : String(options.cert),
        key: options.key === undefined ? undefined : String(options.key),
      }
    },
    refresh: () => {
      config = undefined
    },
  }
}
