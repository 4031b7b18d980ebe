import type { CommitId } from '@roadstead/proto'

export interface CommitDetails {
  readonly id: CommitId
  readonly parents: readonly CommitId[]
  readonly authorName: string
  readonly authorEmail: string
  /** RFC 3339, by the author's clock. */
  readonly authoredAt: string
  readonly message: string
}

const maxNameChars = 200
const maxMessageChars = 10_000

/** Reads a commit object. A header that is not as Git writes it gives empty fields, not an error. */
export function parseCommit(id: CommitId, content: Buffer): CommitDetails {
  const text = content.toString('utf8')
  const end = text.indexOf('\n\n')
  const headers = (end < 0 ? text : text.slice(0, end)).split('\n')
  const author = /^author (.*?) ?<(.*?)> (-?\d+)/.exec(
    headers.find((line) => line.startsWith('author ')) ?? '',
  )
  const seconds = Number(author?.[3] ?? 0)
  return {
    id,
    parents: headers.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7) as CommitId),
    authorName: clean(author?.[1] ?? '', maxNameChars),
    authorEmail: clean(author?.[2] ?? '', maxNameChars),
    authoredAt: isoTime(seconds),
    message: end < 0 ? '' : clean(text.slice(end + 2), maxMessageChars),
  }
}

/** PostgreSQL refuses zero bytes in text. */
const clean = (text: string, maxChars: number): string => text.replaceAll('\0', '').trim().slice(0, maxChars)

/** A clock may be wrong, a time outside of what a date can hold is nonsense: then the epoch. */
const lastSecond = 253_402_300_799
const isoTime = (seconds: number): string =>
  new Date(Math.abs(seconds) <= lastSecond ? seconds * 1_000 : 0).toISOString()
