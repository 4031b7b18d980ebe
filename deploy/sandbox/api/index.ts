/** How the sandbox asks the hub. */
export { type Api, createApi, type Query } from './client.ts'
export { isSettled } from './settled.ts'
