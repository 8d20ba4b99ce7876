import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { secureHeaders } from 'hono/secure-headers'
import type { Config } from './config.ts'
import type { SiteAddresses } from './src/lib/connection.ts'

const YEAR_SECONDS = 31_536_000

/** Serves the built pages in `dist`, with the addresses of the deployment at `/config.json`. */
export function createSiteApp(dist: string, config: Config): Hono {
  const app = new Hono()
  const addresses: SiteAddresses = {
    query_url: config.QUERY_URL,
    auth_url: config.AUTH_URL,
    capture_url: config.EDGE_URL,
    demo_url: config.DEMO_URL,
    write_key: config.WRITE_KEY ?? null,
  }
  const notFound = readFileSync(join(dist, '404.html'), 'utf8')

  app.use(
    secureHeaders({
      // Scripts and styles are restricted by hash in each page's own policy (astro.config.mjs); the
      // browser enforces both. Framing can be forbidden only in a header.
      contentSecurityPolicy: { frameAncestors: ["'none'"], objectSrc: ["'none'"] },
      xFrameOptions: 'DENY',
      referrerPolicy: 'no-referrer',
      crossOriginOpenerPolicy: 'same-origin',
      permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [] },
      // The site is plain HTTP on loopback; a proxy that adds TLS adds this header as well.
      strictTransportSecurity: false,
    }),
    compress(),
  )
  app.get('/_health', (c) => c.json({ status: 'ok' }))
  app.get('/config.json', (c) => c.json(addresses, 200, { 'cache-control': 'no-store' }))
  app.use(
    serveStatic({
      root: dist,
      // Names under _astro carry a hash of their content; a page must always be asked for again.
      onFound: (path, c) => {
        const immutable = path.includes(`${dist}/_astro/`)
        c.header(
          'cache-control',
          immutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
        )
      },
    }),
  )
  app.notFound((c) => c.html(notFound, 404))
  app.onError((_error, c) => c.text('The site failed to answer.', 500))
  return app
}
