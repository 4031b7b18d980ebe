import { stringify } from 'yaml'

export interface KubeconfigEntry {
  readonly name: string
  readonly url: string
  readonly token: string
  /** PEM of the certificate to trust, for clusters served over TLS. */
  readonly ca?: string
}

/** A kubeconfig with one context per cluster; the first is current. */
export function kubeconfig(entries: readonly KubeconfigEntry[]): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': entries[0]?.name ?? '',
    clusters: entries.map(({ name, url, ca }) => ({
      name,
      cluster: {
        server: url,
        ...(ca ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') } : {}),
      },
    })),
    users: entries.map(({ name, token }) => ({ name, user: { token } })),
    contexts: entries.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
  })
}
