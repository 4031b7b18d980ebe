export { createInbox, type Inbox } from './inbox.ts'
export { createReleases, type Releases } from './releases.ts'
