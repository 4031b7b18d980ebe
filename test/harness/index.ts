/** The door of the test harness: real servers, stock git, and waiting with a deadline. */
export { findNatsServers } from '../../deploy/install/nats-server.mjs'
export { createDatabase, type Database, sharedPostgres, type Template } from './database.ts'
export {
  cloneRepository,
  type GitOptions,
  initRepository,
  type Tree,
  type WorkingTree,
  workingTree,
} from './git.ts'
export { type KubeObjects, type KubeRef, KubeRefusal, kubeObjects } from './kube/objects.ts'
export {
  type KubeAnswer,
  type KubeConnection,
  type KubeEvent,
  type KubeLive,
  kubeRequest,
  kubeWatch,
} from './kube/requests.ts'
export { type SharedKube, sharedKubes } from './kube/shared.ts'
export { type KubeApiServer, type KubeOptions, startKubeApiServer } from './kube.ts'
export { type Nats, type NatsOptions, startNats } from './nats.ts'
export { type AttributeValue, type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp.ts'
export { freePort, isFreePort } from './ports.ts'
export { type Postgres, type PostgresOptions, removePostgresData, startPostgres } from './postgres.ts'
export {
  type Exit,
  type Program,
  type ProgramOptions,
  type RunOptions,
  type RunResult,
  run,
  startProgram,
  startTypeScript,
} from './process.ts'
export { findProcess, type ProcessRow, processTable } from './process-table.ts'
export { type TemporaryDirectory, temporaryDirectory } from './temporary.ts'
export { type UntilOptions, until } from './until.ts'
