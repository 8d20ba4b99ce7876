import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { DemoConfig } from './config.ts'

const PUBLIC = join(import.meta.dirname, 'public')
const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}
/** A closed list: nothing outside of it is ever read from the disk. */
const FILES = [
  'art.js',
  'capture.js',
  'cart.js',
  'catalog.js',
  'favicon.svg',
  'pages.css',
  'pages.js',
  'panel.css',
  'panel.js',
  'shop.css',
  'shop.js',
]
/** Addresses of the single-page shop; each is answered with the same page. */
const ROUTES = /^\/(product\/[\w-]{1,40}|cart|checkout|thanks|pricing)?$/

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Serves the shop, with the address of the edge and the write key in its page. */
export function createDemoApp(config: DemoConfig): Handler {
  const headers = securityHeaders(config)
  const page = readFileSync(join(PUBLIC, 'index.html'), 'utf8')
    .replaceAll('{{EDGE_URL}}', config.edgeUrl)
    .replaceAll('{{SITE_URL}}', config.siteUrl)
    .replaceAll('{{WRITE_KEY}}', config.writeKey)
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://demo')
    const answer = (status: number, type: string, body: string | Buffer) => {
      response.writeHead(status, {
        ...headers,
        'content-type': type,
        'content-length': Buffer.byteLength(body),
      })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(405, 'text/plain', 'Only GET is answered here.\n')
    }
    if (pathname === '/_health') return answer(200, 'application/json', '{"status":"ok"}')
    const name = FILES.find((file) => pathname === `/${file}`)
    if (name) {
      const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain'
      return answer(200, type, readFileSync(join(PUBLIC, name)))
    }
    answer(ROUTES.test(pathname) ? 200 : 404, TYPES.html ?? '', page)
  }
}

function securityHeaders({ edgeUrl }: DemoConfig): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${edgeUrl}`,
    `connect-src ${edgeUrl}`,
    "style-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  }
}
