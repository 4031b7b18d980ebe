import type { BuildContext } from '../context.ts'
import { fail } from '../errors.ts'
import type { Kustomization } from '../kustomization/types.ts'
import { toJson } from '../yaml/json.ts'
import { parseOne } from '../yaml/parse.ts'
import { customSchema } from './custom.ts'
import { kubernetesSchema } from './schema.ts'

/** The one version of Kubernetes' schema that the official binary has built in. */
const builtinVersion = 'v1.21.2'

/** Follows a kustomization's `openapi:`, unless a directory visited before has chosen already. */
export function chooseSchema(context: BuildContext, directory: string, { openapi }: Kustomization): void {
  if (context.isSchemaChosen) return
  const version = openapi.get('version')
  const path = openapi.get('path')
  if (path !== undefined) {
    if (version !== undefined) fail('openapi has either version or path, not both', path.at)
    const { text, path: file } = context.loader.readText(directory, path.value, path.at)
    const node = parseOne(text, file, context.loader)
    if (node === undefined || node.kind !== 'mapping') fail(`${file} is not an OpenAPI document`, path.at)
    context.chooseSchema(customSchema(toJson(node), context.builtinSchema))
  } else if (version !== undefined && version.value !== '') {
    if (version.value !== builtinVersion)
      fail(`the schema of Kubernetes ${version.value} is not built in; ${builtinVersion} is`, version.at)
    context.chooseSchema(kubernetesSchema)
  }
}
