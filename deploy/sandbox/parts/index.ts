/** The programs of the sandbox, each its own process. */
export { type AgentEdges, agentPart } from './agent.ts'
export { clustersPart } from './clusters.ts'
export { API_USER, type HubPart, hubPart } from './hub.ts'
export type { Surroundings } from './launch.ts'
export { type NatsPart, natsPart } from './nats.ts'
export type { Part } from './part.ts'
export { type PostgresPart, postgresPart } from './postgres.ts'
export { type Supervised, supervise } from './supervise.ts'
