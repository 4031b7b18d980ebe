/** Contents by object id, the least recently used out first once they are too many bytes. */
export interface BlobCache {
  get(id: string): Uint8Array | undefined
  set(id: string, content: Uint8Array): void
}

/** What one entry costs besides its content, so that a million empty files are bounded too. */
const entryOverheadBytes = 200

export function blobCache(maxBytes: number): BlobCache {
  const contents = new Map<string, Uint8Array>()
  let bytes = 0
  const remove = (id: string) => {
    const content = contents.get(id)
    if (content === undefined) return
    contents.delete(id)
    bytes -= content.byteLength + entryOverheadBytes
  }
  return {
    get(id) {
      const content = contents.get(id)
      if (content !== undefined) {
        contents.delete(id)
        contents.set(id, content)
      }
      return content
    },
    set(id, content) {
      remove(id)
      contents.set(id, content)
      bytes += content.byteLength + entryOverheadBytes
      while (bytes > maxBytes) remove(contents.keys().next().value!)
    },
  }
}
