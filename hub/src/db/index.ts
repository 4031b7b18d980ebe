export * from './database.ts'
export * from './leader.ts'
export * from './listen.ts'
export * from './schema.ts'
