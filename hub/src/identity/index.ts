/** Who may speak for a cluster: enrolment, credentials, revocation. */
export type { EnrolmentToken } from './enrol.ts'
export {
  createIdentity,
  type Identity,
  type IdentityEdges,
  type IdentityOptions,
  identityLimits,
} from './identity.ts'
