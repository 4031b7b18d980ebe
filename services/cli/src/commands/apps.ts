import { overallStatuses } from '@roadstead/hub/readmodel'
import { Option } from 'commander'
import type { ApiClient } from '../api/client.ts'
import { collectPages } from '../api/pages.ts'
import type { AppDetail, AppSummary } from '../api/resources.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { appListText, appText } from '../output/app-text.ts'
import { print } from '../output/print.ts'
import type { AddVerb } from '../verb.ts'
import { limitOption } from './limit-option.ts'

interface AppsOptions {
  readonly environment?: string
  readonly cluster?: string
  readonly status?: string
  readonly limit?: number
}

export const addApps: AddVerb = (program, perform) => {
  program
    .command('apps')
    .description('All apps, or one with its environments and clusters')
    .argument('[name]', 'one app')
    .option('-e, --environment <name>', 'that run in this environment')
    .option('-c, --cluster <name>', 'that run on this cluster')
    .addOption(new Option('--status <status>', 'in this state').choices([...overallStatuses]))
    .addOption(limitOption())
    .action(perform(apps))
}

async function apps(context: Context, name: string | undefined, options: AppsOptions): Promise<ExitCode> {
  const client = context.connect()
  if (name !== undefined) {
    const app = await readApp(client, name, options)
    print(context, app, () => appText(app, context))
  } else {
    const { limit, ...filters } = options
    const items = await client.list<AppSummary>('/v1/apps', filters, limit)
    print(context, { items }, () => appListText(items, context))
  }
  return exitCodes.ok
}

/** The app with all its clusters: they come in pages, each with the app around it. */
async function readApp(
  client: ApiClient,
  name: string,
  { environment, cluster, limit }: AppsOptions,
): Promise<AppDetail> {
  let app: AppDetail | undefined
  const items = await collectPages(async (page) => {
    app = await client.get<AppDetail>(`/v1/apps/${encodeURIComponent(name)}`, {
      environment,
      cluster,
      ...page,
    })
    return app.placements
  }, limit)
  return { ...app!, placements: { items } }
}
