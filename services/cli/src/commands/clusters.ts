import { clusterStatuses } from '@roadstead/hub/readmodel'
import { Option } from 'commander'
import type { ClusterDetail, ClusterSummary } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { clusterListText, clusterText } from '../output/cluster-text.ts'
import { print } from '../output/print.ts'
import type { AddVerb } from '../verb.ts'
import { limitOption } from './limit-option.ts'

interface ClustersOptions {
  readonly environment?: string
  readonly app?: string
  readonly selector?: string
  readonly status?: string
  readonly silent?: true
  readonly retired?: true
  readonly limit?: number
}

export const addClusters: AddVerb = (program, perform) => {
  program
    .command('clusters')
    .description('All clusters, or one with its apps and what is wrong with them')
    .argument('[name]', 'one cluster')
    .option('-e, --environment <name>', 'of this environment')
    .option('-a, --app <name>', 'that run this app')
    .option('-l, --selector <labels>', 'with these labels: tier=edge,region in (eu, us),!legacy')
    .addOption(new Option('--status <status>', 'in this state').choices([...clusterStatuses]))
    .option('--silent', 'that were not heard for too long')
    .option('--retired', 'that are no longer in the fleet repository')
    .addOption(limitOption())
    .action(perform(clusters))
}

async function clusters(
  context: Context,
  name: string | undefined,
  options: ClustersOptions,
): Promise<ExitCode> {
  const client = context.connect()
  if (name !== undefined) {
    const cluster = await client.get<ClusterDetail>(`/v1/clusters/${encodeURIComponent(name)}`)
    print(context, cluster, () => clusterText(cluster, context))
  } else {
    const { limit, ...filters } = options
    const items = await client.list<ClusterSummary>('/v1/clusters', filters, limit)
    print(context, { items }, () => clusterListText(items, context))
  }
  return exitCodes.ok
}
