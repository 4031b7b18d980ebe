/**
 * Cleans up behind this process however it ends, `kill -9` included: a shell of one megabyte that reads a pipe
 * of ours. The kernel closes the pipe when we are gone; then it ends what was entrusted to it and has not been
 * released. No exit handler could promise that.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/** How long a process has, after its signal, before it is killed outright. */
const GRACE_DECISECONDS = 50

// awk keeps what is still guarded and prints it once the pipe ends; the rest acts on that. The signals of a
// terminal reach the whole group and must not stop the cleaning.
const SCRIPT = `
trap '' INT TERM HUP
ledger=$(awk '
  $1 == "process"   { process[$2] = $3 }
  $1 == "ended"     { delete process[$2] }
  $1 == "directory" { sub(/^directory /, ""); directory[$0] = 1 }
  $1 == "removed"   { sub(/^removed /, ""); delete directory[$0] }
  END {
    for (pid in process) print "process " process[pid] " " pid
    for (path in directory) print "directory " path
  }')
each() { printf '%s\\n' "$ledger" | grep "^$1 " | cut -d ' ' -f "$2"; }
each process 2-3 | while read -r signal pid; do kill -s "$signal" "$pid"; done
for pid in $(each process 3); do
  patience=${GRACE_DECISECONDS}
  while [ "$patience" -gt 0 ] && kill -0 "$pid"; do patience=$((patience - 1)); sleep 0.1; done
  kill -s KILL "$pid"
done
each directory 2- | while read -r path; do rm -rf -- "$path"; done
`

let watchdog: ChildProcess | undefined

/** Ends the process when we are gone: by `signal`, and five seconds later by force. */
export function guardProcess(pid: number, signal: NodeJS.Signals): void {
  tell(`process ${pid} ${signal.replace('SIG', '')}`)
}

/** The process has ended by itself; its id may soon belong to another. */
export function releaseProcess(pid: number): void {
  tell(`ended ${pid}`)
}

/** Removes the directory when we are gone, after the processes. */
export function guardDirectory(path: string): void {
  tell(`directory ${path}`)
}

export function releaseDirectory(path: string): void {
  tell(`removed ${path}`)
}

function tell(line: string): void {
  if (line.includes('\n')) throw new Error(`a line break cannot be guarded: ${JSON.stringify(line)}`)
  watchdog ??= start()
  watchdog.stdin?.write(`${line}\n`)
}

function start(): ChildProcess {
  // A group of its own, and none of our output pipes: a test runner waits for those to close.
  const child = spawn('sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' })
  child.unref()
  const pipe = child.stdin as Socket
  pipe.unref()
  pipe.on('error', () => {}) // it was killed; what it guarded is then nobody's, which no error here would mend
  return child
}
