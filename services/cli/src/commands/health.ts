import type { AddVerb } from '../verb.ts'

/** What to look at. */
export interface HealthOptions {
  readonly file: string
}

export const addHealth: AddVerb = (program, perform) => {
  program
    .command('health')
    .description('Say how live objects are, as the agent would: of a file, or of "kubectl get -o yaml"')
    .requiredOption('-f, --file <path>', 'a YAML stream, JSON, or a List; "-" reads standard input')
    .action(
      perform(async (context, options: HealthOptions) => {
        const { healthVerb } = await import('../offline/health-verb.ts')
        return healthVerb(context, options)
      }),
    )
}
