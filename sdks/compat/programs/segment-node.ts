// An application on a server that uses Segment's @segment/analytics-node.
import { Analytics } from '@segment/analytics-node'
import { makeCalls } from './segment-calls.ts'
import { readTask, untilToldToEnd } from './task.ts'

const task = readTask()
const client = new Analytics({ writeKey: task.key, host: task.host, ...task.options })
client.on('error', (error) => console.error(error))
makeCalls(client, task)
await untilToldToEnd()
await client.closeAndFlush({ timeout: 60_000 })
