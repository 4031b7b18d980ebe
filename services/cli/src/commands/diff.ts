import type { AddVerb } from '../verb.ts'

/** Which two renderings of an app to compare. */
export interface DiffOptions {
  readonly repo: string
  readonly app: string
  readonly from: string
  readonly to: string
}

export const addDiff: AddVerb = (program, perform) => {
  program
    .command('diff')
    .description('Say how an app differs between two environments, object by object; exit code 1 if it does')
    .option('--repo <directory>', 'where fleet.yaml is', '.')
    .requiredOption('-a, --app <name>', 'the app')
    .requiredOption('--from <environment>', 'what is compared')
    .requiredOption('--to <environment>', 'with what')
    .action(
      perform(async (context, options: DiffOptions) => {
        const { diffVerb } = await import('../offline/diff-verb.ts')
        return diffVerb(context, options)
      }),
    )
}
