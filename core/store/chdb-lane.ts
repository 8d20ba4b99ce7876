import { Session } from 'chdb'
import { SerialQueue, type WaitOptions } from './serial-queue.ts'

/** A session of chDB, which runs one statement at a time; others wait for it. */
export class ChdbLane {
  readonly #path: string
  readonly #queue = new SerialQueue()
  #session: Session

  constructor(path: string) {
    this.#path = path
    this.#session = new Session(path)
  }

  /** As SerialQueue.run, with the session that the task may use. */
  run<T>(task: (session: Session) => Promise<T>, options: WaitOptions = {}): Promise<T> {
    return this.#queue.run(() => this.#attempt(task), options)
  }

  /** Resolves when everything queued so far has ended. */
  idle(): Promise<void> {
    return this.#queue.idle()
  }

  close(): void {
    this.#session.close()
  }

  // What a statement wrote before it failed, or was killed, stays in its session: the answer of the next
  // one there would begin with those rows. So nothing follows a failure in the same session.
  async #attempt<T>(task: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await task(this.#session)
    } catch (error) {
      this.#session.close()
      this.#session = new Session(this.#path)
      throw error
    }
  }
}
