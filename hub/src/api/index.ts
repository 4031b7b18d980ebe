export { type Api, createApi } from './api.ts'
export type { ApiEdges, ApiOptions, ApiToken, Enrolment, GitBackend } from './edges.ts'
