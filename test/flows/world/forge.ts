import {
  type Assignment,
  type ClusterName,
  decodeAssignment,
  directGetAssignment,
  openSeal,
  subjects,
  trustKeys,
} from '@roadstead/proto'
import type { World } from './world.ts'

/** Somebody with the hub's own rights at the broker, but without its signing key. */
export interface Forger {
  /** What the broker holds for the cluster, as it is stored. */
  stored(): Promise<Uint8Array>
  /** The same, read. */
  assignment(): Promise<Assignment>
  /** Stores bytes as the cluster's assignment, which the broker then repeats to its agent. */
  store(bytes: Uint8Array): Promise<void>
}

export async function forgerOf(world: World, cluster: string): Promise<Forger> {
  const name = cluster as ClusterName
  const broker = await world.connectBroker()
  const trusted = trustKeys([world.operator.signer.publicKey])
  const stored = async () => Uint8Array.from((await broker.request(directGetAssignment(name))).data)
  return {
    stored,
    assignment: async () => decodeAssignment(openSeal('assignment', await stored(), trusted)),
    async store(bytes) {
      const { error } = (await broker.request(subjects.assignment(name), bytes)).json<{ error?: object }>()
      if (error) throw new Error(JSON.stringify(error))
    },
  }
}
