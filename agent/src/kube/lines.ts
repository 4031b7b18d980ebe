import { RoadsteadError } from '@roadstead/proto'

/**
 * The lines of a stream of bytes, without their line feeds. A last line that is not ended is half an
 * answer and is dropped.
 *
 * @throws RoadsteadError `too-large` for a line above the limit
 */
export async function* lines(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  let pending: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    let start = 0
    for (let end = part.indexOf(0x0a); end >= 0; end = part.indexOf(0x0a, start)) {
      pending.push(part.subarray(start, end))
      yield Buffer.concat(pending).toString('utf8')
      pending = []
      bytes = 0
      start = end + 1
    }
    const rest = part.subarray(start)
    bytes += rest.byteLength
    if (bytes > maxBytes) throw new RoadsteadError('too-large', `a line has more than ${maxBytes} bytes`)
    if (rest.byteLength > 0) pending.push(rest)
  }
}
