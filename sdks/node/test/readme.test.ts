import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CaptureServer } from '../../compliance/capture-server.ts'
import { MODULE, openClient } from './sdk.ts'

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

let server: CaptureServer
let folder: string
beforeEach(async () => {
  server = await CaptureServer.start()
  folder = mkdtempSync(join(tmpdir(), 'headwater-readme-'))
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** The README's example that holds this text, sent to our server. */
function example(holds: string): string {
  const blocks = [...README.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  const found = blocks.filter((code) => code.includes(holds))
  expect(found, holds).toHaveLength(1)
  return (found[0] ?? '')
    .replace('@headwater/node', pathToFileURL(MODULE).href)
    .replace(/https?:\/\/(localhost:8000|events\.example\.com)/, server.url)
}

/** Runs it as a module of its own. */
async function runModule(code: string): Promise<Record<string, unknown>> {
  const path = join(folder, 'example.mjs')
  writeFileSync(path, code)
  return (await import(pathToFileURL(path).href)) as Record<string, unknown>
}

/** Runs it where these names are known. */
function runWith(code: string, names: Record<string, unknown>): void {
  new Function(...Object.keys(names), code)(...Object.values(names))
}

describe('the README’s example', () => {
  it('of all calls delivers what it says', async () => {
    await runModule(example('client.shutdown() // sends'))
    expect(server.names).toEqual([
      ...['signup', '$identify', '$create_alias', '$groupidentify'],
      ...['$set', '$set'],
    ])
  })

  it('of Express delivers every request with its status', async () => {
    type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void
    const { client } = openClient(server.url)
    const all: Middleware[] = []
    runWith(example('// Express'), { client, app: { use: (one: Middleware) => all.push(one) } })
    const app = createServer((request, response) => {
      Object.assign(request, { path: request.url, user: { id: 'ann' } })
      all[0]?.(request, response, () => response.writeHead(404).end())
    })
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    await fetch(`http://127.0.0.1:${(app.address() as AddressInfo).port}/nowhere`)
    await vi.waitFor(() => expect(server.names).toEqual(['request']), 5_000)
    app.close()
    expect([...server.stored.values()]).toMatchObject([
      { distinct_id: 'ann', properties: { method: 'GET', path: '/nowhere', status: 404 } },
    ])
  })

  it('of a Worker delivers under waitUntil', async () => {
    const module = await runModule(example('async fetch(request, env, context)'))
    const worker = module.default as {
      fetch(request: unknown, env: unknown, context: object): Promise<Response>
    }
    const promises: Promise<unknown>[] = []
    const context = { waitUntil: (promise: Promise<unknown>) => promises.push(promise) }
    expect(await (await worker.fetch(null, null, context)).text()).toBe('Hello')
    await Promise.all(promises)
    expect(server.names).toEqual(['visit'])
  })

  it('of Hono delivers under waitUntil', async () => {
    const { client } = openClient(server.url)
    const app = new Hono()
    runWith(example('// Hono'), { app, client })
    const promises: Promise<unknown>[] = []
    const context = {
      waitUntil: (promise: Promise<unknown>) => void promises.push(promise),
      passThroughOnException() {},
      props: {},
    }
    const response = await app.request('/orders', { method: 'POST' }, {}, context)
    expect(await response.text()).toBe('Thanks')
    await Promise.all(promises)
    expect(server.names).toEqual(['order'])
  })
})
