import type { Transform } from 'node:stream'
import { setImmediate as soon } from 'node:timers/promises'

/**
 * What comes out of a transform for what is put in. What came out before it failed is not lost: the
 * damaged end of a file must not take its beginning with it.
 */
export async function* transformed(
  input: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = []
  let failure: Error | null = null
  let goOn = () => {}
  transform.on('data', (piece: Uint8Array) => out.push(piece))
  transform.on('end', () => goOn())
  transform.on('error', (error) => {
    failure = error
    goOn()
  })
  const step = async (act: (done: () => void) => void) => {
    await new Promise<void>((resolve) => {
      goOn = resolve
      act(resolve)
    })
    // What it put out last is handed on a tick later.
    await soon()
    const pieces = out
    out = []
    return pieces
  }
  try {
    for await (const chunk of input) {
      yield* await step((done) => transform.write(chunk, () => done()))
      if (failure) throw failure
    }
    yield* await step(() => transform.end())
    if (failure) throw failure
  } finally {
    transform.destroy()
  }
}
