// Serves the built site; in `npm start` a child of the launcher, in an image the command.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { createSiteApp } from './app.ts'
import { readConfig } from './config.ts'

const DRAIN_TIMEOUT_MS = 3_000
const config = readConfig()

if (!existsSync(join(config.SITE_DIST, 'index.html'))) {
  console.error(`${config.SITE_DIST} has no pages: run \`npm run build -w site\` first`)
  process.exit(1)
}

const app = createSiteApp(config.SITE_DIST, config)
const server = serve({ fetch: app.fetch, hostname: config.HOST, port: config.SITE_PORT }, (at) => {
  const host = at.family === 'IPv6' ? `[${at.address}]` : at.address
  console.log(JSON.stringify({ ready: true, url: `http://${host}:${at.port}` }))
})
server.once('error', (error) => {
  console.error(`the site cannot listen: ${error.message}`)
  process.exit(1)
})

// `disconnect` is how a killed launcher is noticed: its signal handlers never ran.
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, stop)

function stop(): void {
  setTimeout(() => process.exit(0), DRAIN_TIMEOUT_MS).unref()
  server.close(() => process.exit(0))
  if ('closeIdleConnections' in server) server.closeIdleConnections()
}
