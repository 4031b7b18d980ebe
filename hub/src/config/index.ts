export { type ApiToken, type HubConfig, readHubConfig } from './config.ts'
export { hubSettings } from './table.ts'
