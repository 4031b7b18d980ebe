import { writeFileSync } from 'node:fs'
import { wireContract } from '../src/wire.ts'

writeFileSync(new URL('../wire.json', import.meta.url), `${JSON.stringify(wireContract(), null, 2)}\n`)
