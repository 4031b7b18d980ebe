import type { AddVerb } from '../verb.ts'

export const addBuild: AddVerb = (program, perform) => {
  program
    .command('build')
    .description('Print the objects of a kustomization, as "kustomize build" does')
    .argument('<directory>', 'an overlay, or any other kustomization')
    .action(
      perform(async (context, directory: string) => {
        // The renderer is most of the program; verbs that ask the hub start without it.
        const { buildVerb } = await import('../offline/build-verb.ts')
        return buildVerb(context, directory)
      }),
    )
}
