// An application on a server that uses RudderStack's @rudderstack/rudder-sdk-node.
import Analytics from '@rudderstack/rudder-sdk-node'
import { makeCalls } from './segment-calls.ts'
import { readTask, untilToldToEnd } from './task.ts'

const task = readTask()
// Without a handler a batch that it gives up ends the process.
const errorHandler = (error: Error) => console.error(error.message)
const options = { dataPlaneUrl: task.host, errorHandler, ...task.options }
const client = new Analytics(task.key, options)
makeCalls(client, task)
await untilToldToEnd()
// A flush takes no more than one batch, and does not say whether that was all.
const { queue } = client as unknown as { queue: unknown[] }
while (queue.length > 0) await client.flush()
await client.flush()
