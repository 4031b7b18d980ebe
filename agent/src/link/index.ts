export { type Identity, type IdentitySource, loadIdentity } from './identity.ts'
export type { Link, ReleaseChunk, SealedAssignment } from './link.ts'
export { createNatsLink } from './nats.ts'
export { type NatsLinkOptions, natsLinkDefaults } from './options.ts'
