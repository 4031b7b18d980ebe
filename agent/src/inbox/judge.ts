import {
  type Assignment,
  type ClusterName,
  codeOf,
  decodeAssignment,
  openSeal,
  RoadsteadError,
  type TrustedKeys,
} from '@roadstead/proto'

/**
 * What to do with a message that claims to be this cluster's assignment.
 *
 * `accept`: newer and genuine. `known`: nothing new in it. `refuse`: it changes nothing; `generation` is
 * what it claims, as far as that can be read and concerns this cluster, and must not be believed.
 */
export type Judgement =
  | { readonly verdict: 'accept'; readonly assignment: Assignment }
  | { readonly verdict: 'known' }
  | { readonly verdict: 'refuse'; readonly error: RoadsteadError; readonly generation: number | undefined }

export interface Beliefs {
  readonly cluster: ClusterName
  readonly trusted: TrustedKeys
  /** The generation last accepted; 0 before the first. */
  readonly acceptedGeneration: number
}

/** Never throws: whatever arrives, there is a judgement. */
export function judge(sealed: Uint8Array, beliefs: Beliefs): Judgement {
  try {
    const assignment = decodeAssignment(openSeal('assignment', sealed, beliefs.trusted))
    const { generation } = assignment
    if (assignment.cluster !== beliefs.cluster) throw wrongCluster(assignment, beliefs)
    if (generation === beliefs.acceptedGeneration) return { verdict: 'known' }
    const error = fault(assignment, beliefs)
    return error ? { verdict: 'refuse', error, generation } : { verdict: 'accept', assignment }
  } catch (cause) {
    const error =
      cause instanceof RoadsteadError ? cause : new RoadsteadError('undecodable', 'unreadable', { cause })
    return { verdict: 'refuse', error, generation: claimedGeneration(sealed, beliefs.cluster) }
  }
}

/** Reads a sealed assignment of our own from disk: only its seal and its shape can be wrong. */
export function reopen(
  sealed: Uint8Array,
  { cluster, trusted }: Omit<Beliefs, 'acceptedGeneration'>,
): Assignment {
  const assignment = decodeAssignment(openSeal('assignment', sealed, trusted))
  if (assignment.cluster !== cluster) throw wrongCluster(assignment, { cluster })
  return assignment
}

function fault(assignment: Assignment, { acceptedGeneration }: Beliefs): RoadsteadError | undefined {
  if (assignment.generation < acceptedGeneration) {
    return new RoadsteadError(
      'stale-generation',
      `generation ${assignment.generation} is older than the accepted ${acceptedGeneration}`,
      { retry: 'superseded' },
    )
  }
  if (assignment.apps.length === 0 && !assignment.allowEmpty) {
    return new RoadsteadError(
      'empty-assignment',
      'the assignment lists no app and does not say that it means to; set allowEmpty in the cluster’s file',
    )
  }
  const names = new Set(assignment.apps.map(({ app }) => app))
  if (names.size < assignment.apps.length) {
    return new RoadsteadError('undecodable', 'the assignment lists an app twice')
  }
  return undefined
}

const wrongCluster = (assignment: Assignment, { cluster }: Pick<Beliefs, 'cluster'>): RoadsteadError =>
  new RoadsteadError(
    'wrong-cluster',
    `the assignment is for cluster ${assignment.cluster}, this is ${cluster}`,
  )

/** So that a refusal can say what was refused: a new signing key that agents do not know, for instance. */
function claimedGeneration(sealed: Uint8Array, cluster: ClusterName): number | undefined {
  try {
    const claimed = decodeAssignment(sealed.subarray(sealed.indexOf(0x0a) + 1))
    return claimed.cluster === cluster ? claimed.generation : undefined
  } catch (error) {
    if (codeOf(error) === 'internal') throw error
    return undefined
  }
}
