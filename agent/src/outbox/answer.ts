import { type Answer, codeOf, decodeAsk, encodeAnswer, limits, messageOf } from '@roadstead/proto'

export interface Answers {
  /** Fetch the assignment now. */
  readonly fetch: () => void
  /** Put everything there is to say into the outbox again. */
  readonly repeat: () => void
}

/** Answers a request of the hub. Nothing that can be asked for changes the cluster. */
export function answerAsk(request: Uint8Array, answers: Answers): Uint8Array {
  return encodeAnswer(decide(request, answers))
}

function decide(request: Uint8Array, answers: Answers): Answer {
  try {
    const ask = decodeAsk(request)
    if (ask.kind === 'fetch') answers.fetch()
    else answers.repeat()
    return { kind: 'ok' }
  } catch (error) {
    const message = messageOf(error).slice(0, limits.messageChars)
    return { kind: 'error', problem: { code: codeOf(error), message } }
  }
}
