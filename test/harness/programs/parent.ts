/** Starts a server and a temporary directory, says which, and waits to be killed or ends at once. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTypeScript } from '../process.ts'
import { temporaryDirectory } from '../temporary.ts'

const directory = temporaryDirectory('with space')
writeFileSync(join(directory.path, 'file'), 'content')
const server = await startTypeScript(join(import.meta.dirname, 'server.ts'), { ready: /ready/ })
console.log(JSON.stringify({ pid: server.pid, directory: directory.path }))
if (process.argv.includes('--stay')) setInterval(() => {}, 60_000)
