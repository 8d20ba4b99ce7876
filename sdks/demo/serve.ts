// Serves the demo shop; in `npm start` a child of the launcher.
import { createServer } from 'node:http'
import { createDemoApp } from './app.ts'
import { readConfig } from './config.ts'

const DRAIN_TIMEOUT_MS = 3_000
const config = readConfig()
const server = createServer(createDemoApp(config))

server.once('error', (error) => {
  console.error(`the demo cannot listen: ${error.message}`)
  process.exit(1)
})
server.listen(config.port, config.host, () => {
  const at = server.address()
  if (at === null || typeof at === 'string') return
  const host = at.family === 'IPv6' ? `[${at.address}]` : at.address
  console.log(JSON.stringify({ ready: true, url: `http://${host}:${at.port}` }))
})

// `disconnect` is how a killed launcher is noticed: its signal handlers never ran.
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, stop)

function stop(): void {
  setTimeout(() => process.exit(0), DRAIN_TIMEOUT_MS).unref()
  server.close(() => process.exit(0))
  server.closeIdleConnections()
}
