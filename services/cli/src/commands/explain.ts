import type { AddVerb } from '../verb.ts'

/** Where to look for what is explained. */
export interface ExplainOptions {
  readonly repo: string
  readonly app: string
  readonly env: string
  readonly cluster?: string
}

export const addExplain: AddVerb = (program, perform) => {
  program
    .command('explain')
    .description('Say which file, line and commit set a field, and what it replaced')
    .argument('<object>', 'Deployment/web, or Deployment/namespace/web')
    .argument('[field]', 'spec.replicas, spec.containers[name=web].image; else all')
    .option('--repo <directory>', 'where fleet.yaml is', '.')
    .requiredOption('-a, --app <name>', 'the app')
    .requiredOption('-e, --env <name>', 'the environment')
    .option('-c, --cluster <name>', 'as it is on this cluster, variables filled in')
    .action(
      perform(async (context, object: string, field: string | undefined, options: ExplainOptions) => {
        const { explainVerb } = await import('../offline/explain-verb.ts')
        return explainVerb(context, { ...options, object, field })
      }),
    )
}
