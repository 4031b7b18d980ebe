export * as models from './models.ts'
export * from './scalars.ts'
