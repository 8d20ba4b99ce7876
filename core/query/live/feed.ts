// For tests: how a client hears what is live.
import type { LiveActive, LiveEvents } from '@headwater/schemas/insights/live'

interface Message {
  event: string
  data: LiveEvents & LiveActive & { messages_left_out?: number }
}

/** Reads one client's messages. */
export class Feed {
  readonly #abort = new AbortController()
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  #text = ''
  constructor(response: Response, abort: AbortController) {
    if (!response.body) throw new Error('no body')
    this.#reader = response.body.getReader()
    this.#abort = abort
  }

  /** The next message of that name; null when the stream is over. */
  async next(event: string): Promise<Message['data'] | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const message = parse(this.#text.slice(0, end))
        this.#text = this.#text.slice(end + 2)
        if (message?.event === event) return message.data
        continue
      }
      const { done, value } = await this.#reader.read()
      if (done) return null
      this.#text += Buffer.from(value).toString()
    }
  }

  /** Names of events, until there were so many. */
  async names(count: number): Promise<string[]> {
    const names: string[] = []
    while (names.length < count) {
      const data = await this.next('events')
      if (!data) break
      names.push(...data.events.map(({ event }) => event).reverse())
    }
    return names
  }

  async leave(): Promise<void> {
    this.#abort.abort()
    await this.#reader.cancel().catch(() => {})
  }
}

function parse(text: string): Message | null {
  const event = /^event: (.*)$/m.exec(text)?.[1]
  const data = /^data: (.*)$/m.exec(text)?.[1]
  return event && data ? { event, data: JSON.parse(data) } : null
}
