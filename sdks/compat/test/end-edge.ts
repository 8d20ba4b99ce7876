import { once } from 'node:events'
import type { EdgeProcess } from '../../../edge/local/edge-process.ts'

/** Tells an edge to end; resolves when it has, also when it had ended before. */
export async function endEdge({ process: child }: EdgeProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}
