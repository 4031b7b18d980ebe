export { createInbox, type Inbox } from './inbox.ts'
export { type AssignedRelease, createReleases, type Releases } from './releases.ts'
