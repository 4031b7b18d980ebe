/**
 * Records what a real API server answers (run by hand, against one without a controller manager):
 *
 *     NODE_TLS_REJECT_UNAUTHORIZED=0 node record.ts https://127.0.0.1:6443 <token> testdata/kube-apiserver-1.34.2.json
 */
import { writeFileSync } from 'node:fs'
import { play, sender } from './play.ts'

const [url = '', token = '', file = ''] = process.argv.slice(2)
const answers = await play(sender(url, token))
const lines = Object.entries(answers).map(
  ([name, answer]) => `${JSON.stringify(name)}:${JSON.stringify(answer)}`,
)
writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`)
