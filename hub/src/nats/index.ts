/** The broker: whose it is, who may speak in it, what it stores, and the hub's connection to it. */
export { type BrokerAccess, updateBrokerAccounts } from './broker-accounts.ts'
export { type ServerConfigOptions, serverConfig } from './config.ts'
export { brokerAnswers, type ConnectOptions, connectHub } from './connect.ts'
export { isAlreadyStored, natsError } from './errors.ts'
export {
  type Credentials,
  createOperator,
  loadOperator,
  type Operator,
  type Revocations,
} from './operator.ts'
export { secretFiles } from './secrets.ts'
export { ensureStreams, type StreamOptions } from './streams.ts'
