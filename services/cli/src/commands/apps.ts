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
  readonly health?: string
  readonly limit?: number
}

export const addApps: AddVerb = (program, perform) => {
  program
    .command('apps')
    .description('All apps, or one with its environments and clusters')
    .argument('[name]', 'one app')
    .option('-e, --environment <name>', 'that run in this environment')
    .option('-c, --cluster <name>', 'that run on this cluster')
    .option('--health <status>', 'with this health: healthy, progressing, degraded, …')
    .addOption(limitOption())
    .action(perform(apps))
}

async function apps(context: Context, name: string | undefined, options: AppsOptions): Promise<ExitCode> {
  const client = context.connect()
  if (name !== undefined) {
    const app = await client.get<AppDetail>(`/v1/apps/${encodeURIComponent(name)}`)
    print(context, app, () => appText(app, context))
  } else {
    const { limit, ...filters } = options
    const items = await client.list<AppSummary>('/v1/apps', filters, limit)
    print(context, { items }, () => appListText(items, context))
  }
  return exitCodes.ok
}
