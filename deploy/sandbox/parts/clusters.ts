import { join } from 'node:path'
import { portOf, ROOT } from '../state/index.ts'
import { launchTypeScript, type Surroundings } from './launch.ts'
import type { Part } from './part.ts'

/** All simulated clusters, in one process: each an address that speaks the Kubernetes API. */
export function clustersPart(clusters: readonly string[], surroundings: Surroundings): Part {
  const { paths, ports, token } = surroundings
  const args = [
    ...clusters.flatMap((name) => ['--cluster', `${name}=${portOf(ports, name)}`]),
    ...['--state', paths.clusters, '--kubeconfig', paths.kubeconfig, '--token', token],
    '--detached', // it has no standard input to follow; the watchdog ends it if we are killed
  ]
  const script = join(ROOT, 'test', 'sim', 'main.ts')
  return {
    name: 'simulated clusters',
    start: () => launchTypeScript('clusters', surroundings, { script, args, ready: /"ready":true/ }),
  }
}
