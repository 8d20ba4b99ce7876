import type { Batch, Sink, SinkError } from './sink.ts'

/** The sink's twin for tests and simulations; `refuse` makes the next sends fail. */
export class MemorySink implements Sink {
  readonly batches: Batch[] = []
  readonly #refusals: SinkError[] = []

  refuse(...errors: SinkError[]): void {
    this.#refusals.push(...errors)
  }

  async send(batch: Batch): Promise<void> {
    const refusal = this.#refusals.shift()
    if (refusal) throw refusal
    this.batches.push(structuredClone(batch))
  }
}
