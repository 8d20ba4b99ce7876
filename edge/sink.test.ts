import { expect, it } from 'vitest'
import { BridgeSink } from './bridge-sink.ts'
import { MemorySink } from './memory-sink.ts'
import { describeSink } from './sink.contract.ts'
import { type Batch, SinkError } from './sink.ts'
import { TEST_BINDINGS } from './test/bindings.ts'
import { core } from './test/core.ts'

const options = {
  bridgeUrl: TEST_BINDINGS.BRIDGE_URL,
  bridgeSecret: TEST_BINDINGS.BRIDGE_SECRET,
  bridgeTimeoutMs: Number(TEST_BINDINGS.BRIDGE_TIMEOUT_MS),
}

describeSink('memory', () => {
  const sink = new MemorySink()
  return {
    sink,
    shard: 'memory:0@0123456789abcdef',
    received: async () =>
      sink.batches.map(({ id, events, body }) => ({
        seq: id.seq,
        events,
        text: new TextDecoder().decode(body),
      })),
    willRefuse: async (how) => sink.refuse(new SinkError('refused', how === 'later')),
  }
})

describeSink('bridge', () => {
  const { name, shard } = newShard()
  return {
    sink: new BridgeSink(options),
    shard,
    received: async () =>
      (await core.acknowledged(name)).map(({ seq, events, body }) => ({ seq, events, text: body })),
    willRefuse: (how) => core.willAnswer(name, { status: how === 'later' ? 503 : 422 }),
  }
})

it.each([408, 401, 404, 421, 429, 500, 502, 503, 301])(
  'takes a %i of the bridge as worth a retry',
  async (status) => {
    const { name, shard } = newShard()
    await core.willAnswer(name, { status })
    await expect(new BridgeSink(options).send(batchOf(shard))).rejects.toMatchObject({
      retryable: true,
    })
  },
)

it('passes on how long the bridge asks to wait, in seconds or as a date', async () => {
  const { name, shard } = newShard()
  const sink = new BridgeSink(options)
  const soon = new Date(Date.now() + 30_000).toUTCString()
  await core.willAnswer(
    name,
    { status: 503, retry_after: '7' },
    { status: 429, retry_after: soon },
    { status: 503, retry_after: 'soon' },
  )
  await expect(sink.send(batchOf(shard))).rejects.toMatchObject({ retryAfterMs: 7_000 })
  const error: SinkError = await sink.send(batchOf(shard)).catch((thrown) => thrown)
  expect(error.retryAfterMs).toBeGreaterThan(25_000)
  await expect(sink.send(batchOf(shard))).rejects.toMatchObject({ retryAfterMs: null })
})

it('is refused by the bridge when it signs with another secret', async () => {
  const { shard } = newShard()
  const sink = new BridgeSink({ ...options, bridgeSecret: 'x'.repeat(40) })
  await expect(sink.send(batchOf(shard))).rejects.toThrow('401')
})

it('says that nobody answered when there is nobody', async () => {
  const sink = new BridgeSink({ ...options, bridgeUrl: 'http://nobody.test' })
  await expect(sink.send(batchOf(newShard().shard))).rejects.toMatchObject({ retryable: true })
})

let count = 0
function newShard() {
  const name = `sink:${count++}`
  return { name, shard: `${name}@0123456789abcdef` }
}

function batchOf(shard: string): Batch {
  return { id: { shard, seq: 1 }, events: 1, body: Uint8Array.from(new TextEncoder().encode('a')) }
}
