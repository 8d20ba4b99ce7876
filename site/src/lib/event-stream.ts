/** One server-sent event. */
export interface StreamMessage {
  event: string
  data: string
}

/**
 * Takes the text of a stream of server-sent events, cut anywhere, and gives its messages as they are
 * complete. Comments, which only keep the way open, are none.
 */
export function messageParser(): (piece: string) => StreamMessage[] {
  let rest = ''
  return (piece) => {
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => {
      let event = 'message'
      const data: string[] = []
      for (const line of block.split('\n')) {
        if (line.startsWith('event:')) event = line.slice(6).trim()
        else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
      }
      return data.length > 0 ? [{ event, data: data.join('\n') }] : []
    })
  }
}

/** Hands on every message of a body until it ends. `heard` is called for all that comes, comments too. */
export async function readMessages(
  body: ReadableStream<Uint8Array>,
  onMessage: (message: StreamMessage) => void,
  heard: () => void,
): Promise<void> {
  const parse = messageParser()
  const decoder = new TextDecoder()
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    heard()
    for (const message of parse(decoder.decode(value, { stream: true }))) onMessage(message)
  }
}

/** A signal that aborts when nothing was heard for so long. */
export class Watchdog {
  readonly #abort = new AbortController()
  readonly #limitMs: number
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(limitMs: number) {
    this.#limitMs = limitMs
    this.heard()
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  heard(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#abort.abort(), this.#limitMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
