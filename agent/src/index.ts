/** The agent: keeps one cluster as its signed assignment says, and tells the hub how it is. */
export { type Agent, createAgent } from './agent.ts'
export { type AgentConfig, agentSettings, exitsWithParent, readAgentConfig } from './config/index.ts'
export { createDiskStore, createMemoryStore, type StateStore } from './disk.ts'
export type { Edges } from './edges.ts'
export { createKubeClient, type KubeAccess, type KubeClient, kubeconfigAccess } from './kube/index.ts'
export { createNatsLink, type Identity, type Link, natsLinkDefaults } from './link/index.ts'
export { assessHealth, type HealthContext, type Verdict } from './observe/index.ts'
export { attributes, createJsonLog, type Log, silentLog } from './telemetry/index.ts'
