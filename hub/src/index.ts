/** The hub: the control plane of a fleet. */
export { type HubConfig, hubSettings, readHubConfig } from './config/index.ts'
export { createHub, type Hub, type HubEdges } from './hub.ts'
export { hubVersion } from './version.ts'
