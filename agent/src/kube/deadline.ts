/**
 * Runs work under a signal that also fires after a time, and takes both off when the work is over: an
 * `AbortSignal.timeout` per call would keep every call of the last half minute in memory.
 */
export async function withDeadline<T>(
  signal: AbortSignal,
  deadlineMs: number,
  work: (both: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const follow = () => controller.abort(signal.reason)
  const timer = setTimeout(() => controller.abort(lateError(deadlineMs)), deadlineMs)
  if (signal.aborted) follow()
  signal.addEventListener('abort', follow)
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', follow)
  }
}

function lateError(deadlineMs: number): Error {
  const error = new Error(`no answer within ${deadlineMs} ms`)
  error.name = 'TimeoutError'
  return error
}
