// The local edge as a process: says when it serves, and ends with whoever started it.
import { readLocalEdgeConfig } from './local/config.ts'
import { endWithUs, onEnd } from './local/workerd-process.ts'
import { startEdge } from './miniflare.ts'

const config = readLocalEdgeConfig()
const edge = await startEdge(config)

let closing = false
async function close(): Promise<void> {
  if (closing) return
  closing = true
  await edge.close()
  process.exit(0)
}
// Miniflare's own handlers would end us by the signal, as if we had crashed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.removeAllListeners(signal)
  process.on(signal, () => void close())
}
process.on('disconnect', () => void close())

if (edge.workerdPid !== null) {
  endWithUs(edge.workerdPid)
  onEnd(edge.workerdPid, () => {
    if (closing) return
    // A new process is sure to start clean; whoever supervises this one starts it.
    console.error('workerd ended')
    process.exit(1)
  })
}
console.log(
  JSON.stringify({ ready: true, url: edge.url, workerd_pid: edge.workerdPid ?? undefined }),
)
