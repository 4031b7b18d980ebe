import { InvalidArgumentError, Option } from 'commander'

/** `--limit`: how many rows at most. Pages are fetched as needed. */
export function limitOption(fallback?: number): Option {
  const option = new Option('--limit <n>', 'at most so many').argParser((text: string) => {
    if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Give a number from 1 to 999999.')
    return Number(text)
  })
  return fallback === undefined ? option : option.default(fallback)
}
