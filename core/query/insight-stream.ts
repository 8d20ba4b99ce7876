import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Progress } from '../store/store.ts'

/** Whether the asker wants to be told how far the answer is. */
export const wantsProgress = (c: Context): boolean =>
  (c.req.header('accept') ?? '').includes('text/event-stream')

/**
 * Answers with events: `progress` {rows_read, rows_to_read} now and then, and at the end one `result`
 * with the answer or one `error` with what a plain answer would have been.
 */
export function streamAnswer(
  c: Context,
  answer: (onProgress: (progress: Progress) => void) => Promise<object>,
  errorOf: (error: unknown) => object,
): Response {
  return streamSSE(c, async (stream) => {
    const send = (event: string, data: object) =>
      stream.writeSSE({ event, data: JSON.stringify(data) })
    try {
      const result = await answer(({ rowsRead, rowsToRead }) => {
        void send('progress', { rows_read: rowsRead, rows_to_read: rowsToRead })
      })
      await send('result', result)
    } catch (error) {
      // Thrown on, its message would be sent as it is.
      await send('error', errorOf(error))
    }
  })
}
