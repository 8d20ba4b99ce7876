import type { OpenAPIHono } from '@hono/zod-openapi'
import { docsPage } from '../shared/docs-page.ts'

export const OPENAPI_INFO = {
  openapi: '3.1.0',
  info: {
    title: 'Headwater query API',
    version: '1',
    description:
      'Questions about events. Every result says until when it is complete, how long the store took, and whether it was kept from before.',
  },
  security: [{ credential: [] }],
}

const CREDENTIAL = {
  type: 'http' as const,
  scheme: 'bearer',
  description:
    'A read key of the project, or the token that signing in to the auth API answered. Not needed where QUERY_ACCESS is `open`, as it is on one machine.',
}

/** /openapi.json, and /docs: the page that shows it. */
export function addDocs(app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'credential', CREDENTIAL)
  app.doc31('/openapi.json', OPENAPI_INFO)
  app.get('/docs', (c) => c.html(docsPage(OPENAPI_INFO.info.title)))
}
