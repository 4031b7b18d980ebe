import { codeOf, limits, messageOf, type ObjectRef, type Problem } from '@roadstead/proto'

/** What went wrong with an object, in the words of whoever refused it. */
export const problemOf = (error: unknown, object?: ObjectRef): Problem => ({
  ...(object ? { object } : {}),
  code: codeOf(error),
  message: messageOf(error).slice(0, limits.messageChars),
})
