import type { LocalConfig } from './config.ts'

const DEFAULT_LAST = 'Stop with Ctrl-C; start again with npm start: nothing acknowledged is lost.'

/** The one screen that a newcomer needs. The curl line works as printed. */
export function welcome(
  { ports }: Pick<LocalConfig, 'ports'>,
  writeKey: string,
  readyMs: number,
  last = DEFAULT_LAST,
): string {
  const url = (port: number, path = '') => `http://localhost:${port}${path}`
  const event = JSON.stringify({ api_key: writeKey, event: 'hello', distinct_id: 'me' })
  return `
  Headwater is ready (${(readyMs / 1000).toFixed(1)} s). Everything stays on this machine.

    Dashboard   ${url(ports.site)}
    Demo shop   ${url(ports.demo)}
    Capture     ${url(ports.edge)}
    Query API   ${url(ports.query, '/docs')}
    Auth API    ${url(ports.auth, '/docs')}

    Write key of project "default":
      ${writeKey}

    Send an event:
      curl ${url(ports.edge, '/capture')} -H 'content-type: application/json' -d '${event}'

    Events of your own application:  ${url(ports.site, '/install')}
    A month of believable history:   npm run seed
    ${last}
`
}
