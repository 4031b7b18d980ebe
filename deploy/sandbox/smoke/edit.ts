import { type Context, clusterNamed, type SmokeStep } from './context.ts'
import { correctedDrift } from './drift.ts'
import { type Editor, findEditor } from './kubectl.ts'
import { below, duration, type Result } from './result.ts'
import { APP, DEPLOYMENTS, IMAGE_POINTER, imageOf, runs } from './storefront.ts'

const EDITED_CLUSTERS = ['dev-core-1', 'staging-eu-1', 'prod-eu-west-1']
const MANAGER = 'smoke-edit'
const REPAIRED_MS = 1_000
const EDITED_IMAGE = imageOf('edited-by-hand')

/** Edits an object by hand, on one cluster after the other; times the repair, and asks who is named for it. */
export const editObject: SmokeStep = async (context) => {
  const editor = await findEditor(context.sandbox.paths.kubeconfig)
  const repairs: number[] = []
  for (const name of EDITED_CLUSTERS) {
    repairs.push(await editOn(context, name, editor, EDITED_IMAGE, MANAGER))
    await correctedDrift(
      context.sandbox.api,
      name,
      ({ object, manager }) => object.name === APP && manager === MANAGER,
    )
  }
  return [
    below(
      `edit repaired (${editor.name}, slowest of ${repairs.length})`,
      Math.max(...repairs),
      REPAIRED_MS,
      duration,
    ),
    { what: '  drift records name', measured: MANAGER, target: 'named', met: true },
  ] satisfies Result[]
}

/** @returns how long the cluster showed the edited Deployment */
export async function editOn(
  context: Context,
  name: string,
  { edit }: Editor,
  image: string,
  manager: string,
): Promise<number> {
  const cluster = clusterNamed(context, name)
  const ending = new AbortController()
  try {
    const watch = await cluster.watch(DEPLOYMENTS, APP, AbortSignal.any([context.signal, ending.signal]))
    const object = { kind: 'deployment', namespace: APP, name: APP, path: `${DEPLOYMENTS}/${APP}` }
    const beganMs = performance.now()
    await edit(cluster, object, [{ op: 'replace', path: IMAGE_POINTER, value: image }], manager)
    const edited = await watch.seen('is edited', runs(image), beganMs)
    const isEdited = runs(image)
    const repaired = await watch.seen('is repaired', (sighting) => !isEdited(sighting), edited.atMs)
    return repaired.atMs - edited.atMs
  } finally {
    ending.abort()
  }
}
