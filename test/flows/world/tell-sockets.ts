/**
 * Given to a program of ours by `--import`: it then says on its standard error where it connects to and what
 * it listens on, a JSON line each: `{"socket":"connect","port":5432}`, `{"socket":"listen","port":8080}`.
 */
import net from 'node:net'

type Target = { readonly port?: unknown; readonly path?: unknown }
// biome-ignore lint/suspicious/noExplicitAny: the overloads of `connect` and `listen` are told apart by hand
type Method = (this: any, ...args: any[]) => any

function tell(what: 'connect' | 'listen', method: Method): Method {
  return function (...args) {
    const { port, path } = targetOf(args[0])
    const target = port === undefined ? { path } : { port: Number(port) }
    process.stderr.write(`${JSON.stringify({ socket: what, ...target })}\n`)
    return method.apply(this, args)
  }
}

/** The first argument as people write it, or as `net` has sorted it already: `[options, callback]`. */
function targetOf(first: unknown): Target {
  if (Array.isArray(first)) return targetOf(first[0])
  if (typeof first === 'object' && first !== null) return first
  return Number.isNaN(Number(first)) ? { path: first } : { port: first }
}

net.Socket.prototype.connect = tell('connect', net.Socket.prototype.connect)
net.Server.prototype.listen = tell('listen', net.Server.prototype.listen)
