import type { CommitId } from '@roadstead/proto'
import type { Git, ObjectEnvironment } from './command.ts'

/** Which commit is in whose history. What was proven once stays true: commits never change. */
export interface Ancestry {
  isAncestor(ancestor: CommitId, descendant: CommitId, environment: ObjectEnvironment): Promise<boolean>
}

const rememberedPairs = 10_000

/**
 * Asks Git only for what does not follow from what is known: with a hundred pins proven for the head
 * before, one question (does the new head build on it?) answers for all of them.
 */
export function createAncestry(git: Git): Ancestry {
  const proven = new Set<string>()
  /** The descendant that a commit was last proven to be in the history of. */
  const latest = new Map<CommitId, CommitId>()

  const prove = async (
    ancestor: CommitId,
    descendant: CommitId,
    environment: ObjectEnvironment,
  ): Promise<boolean> => {
    const pair = `${ancestor} ${descendant}`
    if (ancestor === descendant || proven.has(pair)) return true
    const { code } = await git.run({
      args: ['merge-base', '--is-ancestor', ancestor, descendant],
      environment,
    })
    if (code !== 0) return false
    if (proven.size >= rememberedPairs) proven.clear()
    proven.add(pair)
    return true
  }

  return {
    async isAncestor(ancestor, descendant, environment) {
      const between = latest.get(ancestor)
      const isKnown = between !== undefined && (await prove(between, descendant, environment))
      if (!isKnown && !(await prove(ancestor, descendant, environment))) return false
      if (latest.size >= rememberedPairs) latest.clear()
      latest.set(ancestor, descendant)
      return true
    },
  }
}
