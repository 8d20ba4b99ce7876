// The only file of the demo that reads the environment. The addresses are those a browser uses.

export interface DemoConfig {
  /** Address the server binds. @default 127.0.0.1 */
  host: string
  port: number
  /** Where the page loads analytics.js from and sends its events to. */
  edgeUrl: string
  /** The dashboard that the page links to. */
  siteUrl: string
  /** Public by its nature: it can only send events to one project. */
  writeKey: string
}

/** Reads and checks the environment. Throws with the variable's name when a value is wrong. */
export function readConfig(env: Record<string, string | undefined> = process.env): DemoConfig {
  const port = Number(env.DEMO_PORT || 8080)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw invalid('DEMO_PORT', 'a port')
  if (!/^[\w-]{1,64}$/.test(env.WRITE_KEY ?? '')) throw invalid('WRITE_KEY', 'a write key')
  return {
    host: env.HOST || '127.0.0.1',
    port,
    edgeUrl: address('EDGE_URL', env.EDGE_URL || 'http://localhost:8000'),
    siteUrl: address('SITE_URL', env.SITE_URL || 'http://localhost:3000'),
    writeKey: env.WRITE_KEY ?? '',
  }
}

// Only the origin: what else an address could carry would end up in the page.
function address(name: string, value: string): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw invalid(name, 'an http address')
  }
  return new URL(value).origin
}

function invalid(name: string, what: string): Error {
  return new Error(`invalid ${name}: must be ${what}`)
}
