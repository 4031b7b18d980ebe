/** The stage of the flows: a whole installation of real parts, and what is seen in it. */
export { configMap, configMaps, deployment, fleetChange, type SmallFleet, smallFleet } from './fleet.ts'
export { type Forger, forgerOf } from './forge.ts'
export type { HubPart } from './hub.ts'
export { launch } from './launch.ts'
export { enrolmentOf, type Member, type Part } from './member.ts'
export { managedObjects, type Sight, see } from './sight.ts'
export { type SocketUse, socketUses, tellSockets } from './sockets.ts'
export { type Answer, startWorld, type World, type WorldOptions } from './world.ts'
