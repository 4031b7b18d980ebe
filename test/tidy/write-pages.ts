import { writeFileSync } from 'node:fs'
import { configurationPage, configurationPagePath } from './configuration-page.ts'

writeFileSync(configurationPagePath, configurationPage())
