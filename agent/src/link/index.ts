export { type Identity, type IdentitySource, loadIdentity } from './identity.ts'
export type { Link, ReleaseChunk, SealedAssignment } from './link.ts'
export { createNatsLink, type NatsLinkOptions, natsLinkDefaults } from './nats.ts'
