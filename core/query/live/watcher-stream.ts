import type { Watcher } from './room.ts'

/** Of messages that a client has not taken yet; what comes then is left out for it. */
const MAX_WAITING_BYTES = 128 * 1024

export interface WatcherStreamOptions {
  heartbeatMs: number
  /** A client that takes nothing for so long is let go. */
  stallMs: number
  /** Called once, when the stream is over, however. */
  left(): void
}

/** Server-sent events to one client. Never holds more than a little of what it does not take. */
export class WatcherStream implements Watcher {
  readonly body: ReadableStream<Uint8Array>
  readonly #options: WatcherStreamOptions
  readonly #encoder = new TextEncoder()
  readonly #heartbeat: NodeJS.Timeout
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #leftOut = 0
  #stalledAt: number | null = null
  #isOver = false

  constructor(options: WatcherStreamOptions) {
    this.#options = options
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        cancel: () => this.#over(),
      },
      { highWaterMark: MAX_WAITING_BYTES, size: (chunk) => chunk.length },
    )
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs)
    this.#heartbeat.unref()
    // Headers and a first byte go out at once.
    this.#write(': here\nretry: 3000\n\n')
  }

  send(event: string, data: object): void {
    if (!this.#hasRoom()) {
      this.#leftOut++
      return
    }
    const told = this.#leftOut > 0 ? { ...data, messages_left_out: this.#leftOut } : data
    this.#leftOut = 0
    this.#write(`event: ${event}\ndata: ${JSON.stringify(told)}\n\n`)
  }

  /** Ends the stream in order. */
  close(): void {
    if (this.#isOver) return
    this.#controller?.close()
    this.#over()
  }

  // A client that is gone without a word is noticed by what it does not take.
  #beat(): void {
    if (this.#hasRoom()) {
      this.#write(': still here\n\n')
      return
    }
    if (performance.now() - (this.#stalledAt ?? 0) < this.#options.stallMs) return
    this.#controller?.error(new Error('the client takes nothing'))
    this.#over()
  }

  #hasRoom(): boolean {
    const hasRoom = (this.#controller?.desiredSize ?? 0) > 0
    if (hasRoom) this.#stalledAt = null
    else this.#stalledAt ??= performance.now()
    return hasRoom
  }

  #write(text: string): void {
    if (!this.#isOver) this.#controller?.enqueue(this.#encoder.encode(text))
  }

  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#heartbeat)
    this.#options.left()
  }
}
