/** The hub: the control plane of a fleet. */
export { type HubConfig, hubSettings, readHubConfig } from './config/index.ts'
export type { GivenEdges } from './edges.ts'
export { createHub, type Hub } from './hub.ts'
export { hubVersion } from './version.ts'
