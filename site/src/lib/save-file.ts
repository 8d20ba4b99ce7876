/** Gives the reader a file, as a download of the browser. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has begun by then; a URL that is never given back keeps its bytes for good.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
