/** Which API servers the tests of this process use; each is started on first use and ends with the process. */
import { chosenKubeVersions, kubeForTests } from '../../../deploy/install/kube.mjs'
import { type KubeApiServer, startKubeApiServer } from '../kube.ts'
import { playKubelets } from './kubelet.ts'

/** As much of a cluster as an agent can tell from a whole one: namespaces and owners end, workloads make Pods. */
const CONTROLLERS = [
  'namespace-controller',
  'garbage-collector-controller',
  'deployment-controller',
  'replicaset-controller',
]

export interface SharedKube {
  /** As tests are named after it: `kube-apiserver 1.36.3`. */
  readonly name: string
  /**
   * The server of this test process. Do not stop it; killed, it must be restarted.
   *
   * @returns why there is none, where the machine can not have one
   * @throws {Error} instead where `CI` is set: there, a test that was not run has failed
   */
  start(): Promise<KubeApiServer | { readonly missing: string }>
}

/** One for each version of `ROADSTEAD_KUBE_VERSIONS`; none where that says `none`. */
export const sharedKubes: readonly SharedKube[] = chosenKubeVersions().map((version) => {
  let server: ReturnType<SharedKube['start']> | undefined
  const assets = process.env.KUBEBUILDER_ASSETS && !process.env.ROADSTEAD_KUBE_VERSIONS
  return {
    name: assets ? 'kube-apiserver of KUBEBUILDER_ASSETS' : `kube-apiserver ${version}`,
    start: () => {
      server ??= startShared(version)
      return server
    },
  }
})

async function startShared(version: string): Promise<KubeApiServer | { missing: string }> {
  const programs = await kubeForTests(version, (line) => process.stderr.write(`${line}\n`))
  if ('missing' in programs) return programs
  const server = await startKubeApiServer({ version, controllers: CONTROLLERS })
  if (server.hasControllers) playKubelets(server)
  return server
}
