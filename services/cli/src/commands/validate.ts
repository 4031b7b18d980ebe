import type { AddVerb } from '../verb.ts'

export const addValidate: AddVerb = (program, perform) => {
  program
    .command('validate')
    .description('Check a fleet repository as the hub does at a push, all apps rendered')
    .argument('[directory]', 'where fleet.yaml is', '.')
    .action(
      perform(async (context, directory: string) => {
        const { validateVerb } = await import('../offline/validate-verb.ts')
        return validateVerb(context, directory)
      }),
    )
}
