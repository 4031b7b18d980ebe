import { agentSettings } from '@roadstead/agent'
import { hubSettings } from '@roadstead/hub'
import { settings } from '@roadstead/proto'

/** `docs/configuration.md`, made from the tables that the programs read. */
export const configurationPage = (): string => `# Configuration

Both programs are configured by environment variables, and report all faults together when they start. Secrets never
appear in logs or error texts. This page is made from the tables that the programs read: \`npm run docs\`.

## The hub

${settings.settingsMarkdown(hubSettings)}
## The agent

${settings.settingsMarkdown(agentSettings)}`

export const configurationPagePath = new URL('../../docs/configuration.md', import.meta.url)
