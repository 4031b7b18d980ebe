export {
  type AgentConfig,
  exitsWithParent,
  type KubeSource,
  type LogLevel,
  readAgentConfig,
} from './config.ts'
export { agentSettings } from './table.ts'
