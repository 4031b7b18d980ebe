/** What a person who has just started the sandbox needs to know. Pure. */

export interface Summary {
  readonly url: string
  readonly token: string
  readonly cloneUrl: string
  readonly kubeconfig: string
  readonly clusters: readonly string[]
  readonly logs: string
}

/** Commands are whole lines, however long, so that they can be copied. */
export function summary({ url, token, cloneUrl, kubeconfig, clusters, logs }: Summary): string {
  const [context = ''] = clusters
  return `
  The hub    ${url}
  API token  ${token}
  Logs       ${logs}

Ask how the fleet is:
  curl -H 'Authorization: Bearer ${token}' ${url}/v1/fleet/health
  npm run roadstead -- status

Change it with a commit:
  git clone ${cloneUrl}

Look into the ${clusters.length} clusters, which are simulated: the Kubernetes API, no containers.
  export KUBECONFIG=${kubeconfig}
  kubectl --context ${context} get deployments --all-namespaces

Ctrl-C stops everything. The next run goes on with this data; to start over:
npm run demo -- --fresh
`
}
