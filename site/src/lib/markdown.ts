/** A block of a tile's text. */
export interface TextBlock {
  kind: 'heading' | 'paragraph' | 'list'
  /** Of a list its items, else one. */
  lines: string[]
}

/** Headings (`#`), lists (`-`) and paragraphs, by blank lines; everything else is as it was typed. */
export function textBlocks(text: string): TextBlock[] {
  const blocks: TextBlock[] = []
  let open = null as TextBlock | null
  for (const line of text.split(/\r?\n/)) {
    const [, heading] = /^#{1,6}\s+(.*)$/.exec(line) ?? []
    const [, item] = /^[-*]\s+(.*)$/.exec(line) ?? []
    if (line.trim() === '') open = null
    else if (heading !== undefined) {
      blocks.push({ kind: 'heading', lines: [heading] })
      open = null
    } else {
      const kind = item === undefined ? 'paragraph' : 'list'
      if (open?.kind !== kind) {
        open = { kind, lines: [] }
        blocks.push(open)
      }
      open.lines.push(item ?? line)
    }
  }
  return blocks
}
