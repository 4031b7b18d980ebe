import type { AddVerb } from '../verb.ts'

/** What to render. */
export interface RenderOptions {
  readonly repo: string
  readonly app: string
  readonly env: string
  readonly cluster?: string
}

export const addRender: AddVerb = (program, perform) => {
  program
    .command('render')
    .description('Print what an app is in an environment, or on one cluster with its variables filled in')
    .option('--repo <directory>', 'where fleet.yaml is', '.')
    .requiredOption('-a, --app <name>', 'the app')
    .requiredOption('-e, --env <name>', 'the environment')
    .option('-c, --cluster <name>', 'the cluster')
    .action(
      perform(async (context, options: RenderOptions) => {
        const { renderVerb } = await import('../offline/render-verb.ts')
        return renderVerb(context, options)
      }),
    )
}
