import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { createSiteApp } from '../app.ts'
import { readConfig } from '../config.ts'

export interface SiteServer {
  port: number
  url: string
  close(): Promise<void>
}

/** The site's own server on a free port, filled with the given Query API. */
export async function startSite(dist: string, env: Record<string, string>): Promise<SiteServer> {
  const app = createSiteApp(dist, readConfig(env))
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}
