// `npm run dashboard-dev`: the site as Astro's development server, on the addresses of a deployment that
// runs (QUERY_URL, AUTH_URL, EDGE_URL, DEMO_URL, WRITE_KEY). It takes the site's own port: the query API answers no
// page of another origin.
import { join } from 'node:path'
import { readConfig } from '../../site/config.ts'
import { ROOT } from './config.ts'
import { requireFreePorts } from './ports.ts'

const config = readConfig()
const addresses = {
  query_url: config.QUERY_URL,
  auth_url: config.AUTH_URL,
  capture_url: config.EDGE_URL,
  demo_url: config.DEMO_URL,
  write_key: config.WRITE_KEY ?? null,
}

try {
  await requireFreePorts(config.HOST, { site: config.SITE_PORT })
  const { dev } = await import('astro')
  await dev({
    root: join(ROOT, 'site'),
    server: { host: config.HOST, port: config.SITE_PORT },
    vite: { plugins: [{ name: 'config.json', configureServer: serveAddresses }] },
  })
  process.on('disconnect', () => process.exit(0))
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

// What site/serve.ts answers, so that the pages find the deployment.
function serveAddresses({ middlewares }: { middlewares: Middlewares }): void {
  middlewares.use('/config.json', (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(addresses))
  })
}

interface Middlewares {
  use(path: string, handle: (request: unknown, response: Answer) => void): void
}
interface Answer {
  setHeader(name: string, value: string): void
  end(body: string): void
}
