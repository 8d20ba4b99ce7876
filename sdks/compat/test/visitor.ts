import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'

const PAGES = join(import.meta.dirname, '../pages')

/** The browser's own name says that it is headless, and clients take it for a bot. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36'

/** A visitor in Chromium, on a site that has a client on each of its pages. */
export interface Visitor {
  /** Opens a tab; the page has `window.client`, which nobody has started yet. */
  open(path?: string): Promise<Page>
  url(path: string): string
  /** Errors and warnings of the console, and errors that nobody caught. */
  complaints: string[]
  /** Cuts the browser off from every network, or joins it again. */
  setOffline(isOffline: boolean): Promise<void>
  close(): Promise<void>
}

/** @param entry The page's script, in `pages/`. */
export async function openVisitor(browser: Browser, entry: string): Promise<Visitor> {
  const script = await bundle(entry)
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : HTML)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const context = await browser.newContext({ userAgent: USER_AGENT, locale: 'en-US' })
  const complaints: string[] = []
  context.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text())
  })
  context.on('weberror', (error) => complaints.push(error.error().message))
  const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  return {
    complaints,
    url,
    async open(path = '/') {
      const page = await context.newPage()
      await page.goto(url(path))
      return page
    },
    setOffline: (isOffline) => context.setOffline(isOffline),
    async close() {
      await context.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Closes a tab as a visitor does, so that its page is told; resolves when it is closed. */
export async function leave(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })])
}

const HTML = `<!doctype html><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
<h1>Shop</h1><button id="buy" class="big">Buy now</button><script src="/page.js"></script>`

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(PAGES, entry)],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}
