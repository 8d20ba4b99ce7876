import { once } from 'node:events'
import type { Task } from '../test/story.ts'

/** Reads what the program is told to do. */
export const readTask = (): Task => JSON.parse(process.argv[2] ?? '') as Task

/** Says that everything was captured, and goes on until whoever started the program closes its stdin. */
export async function untilToldToEnd(): Promise<void> {
  console.log('captured')
  process.stdin.resume()
  await once(process.stdin, 'end')
}
