import { describe, expect, it } from 'vitest'
import type { Batch, Sink } from './sink.ts'

export interface OpenSink {
  sink: Sink
  /** A shard that nobody else sends for. */
  shard: string
  /** What the far side holds, oldest first. */
  received(): Promise<{ seq: number; events: number; text: string }[]>
  /** The far side's next answer: `later` is worth a retry, `never` is not. */
  willRefuse(how: 'later' | 'never'): Promise<void>
}

/** What every sink promises. */
export function describeSink(name: string, open: () => OpenSink): void {
  describe(`Sink: ${name}`, () => {
    it('resolves after the far side holds the batch', async () => {
      const { sink, shard, received } = open()
      await sink.send(batchOf(shard, 1, 'first'))
      await sink.send(batchOf(shard, 2, 'second'))
      expect(await received()).toMatchObject([
        { seq: 1, events: 1, text: 'first' },
        { seq: 2, events: 1, text: 'second' },
      ])
    })

    it('says whether a refused batch is worth another try', async () => {
      const { sink, shard, received, willRefuse } = open()
      await willRefuse('later')
      await expect(sink.send(batchOf(shard, 1, 'a'))).rejects.toMatchObject({
        name: 'SinkError',
        retryable: true,
      })
      await willRefuse('never')
      await expect(sink.send(batchOf(shard, 1, 'a'))).rejects.toMatchObject({
        name: 'SinkError',
        retryable: false,
      })
      expect(await received()).toEqual([])
      await sink.send(batchOf(shard, 1, 'a'))
      expect(await received()).toHaveLength(1)
    })
  })
}

function batchOf(shard: string, seq: number, text: string): Batch {
  return { id: { shard, seq }, events: 1, body: Uint8Array.from(new TextEncoder().encode(text)) }
}
