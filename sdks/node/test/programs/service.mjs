// A service that captures an event every millisecond until it is told to end, as docs tell to end one.
import { createClient } from '../../dist/index.mjs'

const [, , host] = process.argv
const client = createClient('wk_default_1_0', { host })
let count = 0
const timer = setInterval(() => {
  client.capture({ event: `event ${count++}`, distinct_id: 'ann' })
  if (count === 1) process.stdout.write('started\n')
}, 1)
process.once('SIGTERM', async () => {
  clearInterval(timer)
  const lost = await client.shutdown(5_000)
  process.stdout.write(`${JSON.stringify({ captured: count, lost })}\n`)
  process.exit(0)
})
