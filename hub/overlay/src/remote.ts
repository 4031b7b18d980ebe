import { fail, type Place } from './errors.ts'

const remote =
  /^(https?|ssh|git|file|s3|gcs):\/\/|^git::|^git@|^(github\.com|gitlab\.com|bitbucket\.org)[:/]|\?(.*&)?(ref|version|timeout|submodules)=|\.git(\/|\?|$)/i

/** Resources on other machines are refused; a path that merely looks like one is not. */
export function refuseRemote(path: string, at: Place, existsHere: () => boolean): void {
  if (!remote.test(path)) return
  if (!/^[a-z0-9]+:/i.test(path) && existsHere()) return
  fail(
    `"${path}" is remote; remote resources are refused: commit what it refers to, or pin it in the repository`,
    at,
  )
}
