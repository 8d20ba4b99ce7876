export interface StreamBodyOptions {
  /** Of the request: aborted when the client went away. */
  signal: AbortSignal
  /** Runs the task when there is room for it. */
  enter(task: () => Promise<void>, signal: AbortSignal): Promise<void>
  /** Begins to make the bytes. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Told when all bytes were given. */
  ended(): void
  /** Told why the body was broken off, unless the client went away. */
  failed(error: unknown): void
}

/**
 * A response's body of bytes that are made while it is read. Resolves when the first of them are there:
 * what fails before still gets a status of its own; what fails later breaks the body off. Leaves its
 * place, and stops what makes the bytes, when the body is read to its end, cancelled or aborted.
 */
export async function streamBody(options: StreamBodyOptions): Promise<ReadableStream<Uint8Array>> {
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const left = Promise.withResolvers<void>()
  await new Promise<void>((entered, refused) => {
    const task = () => {
      entered()
      return left.promise
    }
    options.enter(task, signal).catch(refused)
  })
  const bytes = options.open(signal)[Symbol.asyncIterator]()
  const leave = () => {
    options.signal.removeEventListener('abort', leave)
    stop.abort(new Error('the export is over'))
    // What waits to give its next bytes would wait for ever.
    bytes.return?.().then(undefined, () => {})
    left.resolve()
  }
  options.signal.addEventListener('abort', leave, { once: true })
  try {
    let next = await bytes.next()
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            if (next.done) {
              controller.close()
              options.ended()
              leave()
              return
            }
            controller.enqueue(next.value)
            next = await bytes.next()
          } catch (error) {
            controller.error(error)
            if (!options.signal.aborted) options.failed(error)
            leave()
          }
        },
        cancel: leave,
      },
      { highWaterMark: 0 },
    )
  } catch (error) {
    leave()
    throw error
  }
}
