// The SDK in a page of a real Chromium, behind the commands of sdks/compliance/README.md: a JSON line each on
// stdin, answered on stdout. An argument is the address of a Chromium that is there already.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { launchBrowser } from '../../site/test/browser.ts'
import type { CaptureError, DefaultClient } from './src/index.ts'

interface Command {
  id: number
  do: string
  write_key: string
  host: string
  options?: { flush_at?: number; flush_interval_ms?: number }
  event: string
  properties?: Record<string, unknown>
  groups?: Record<string, string>
  distinct_id: string
  set?: Record<string, unknown>
  set_once?: Record<string, unknown>
  alias: string
  group_type: string
  group_key: string
  timeout_ms?: number
}

/** What the page has. */
interface Globals {
  headwater: DefaultClient
  failures: CaptureError[]
}

const SCRIPT = readFileSync(join(import.meta.dirname, 'dist/analytics.js'))
const PAGE = '<!doctype html><title>Compliance</title><script src="/analytics.js"></script>'
const DEFAULT_SHUTDOWN_MS = 10_000

const server = createServer(({ url }, response) => {
  const isScript = url === '/analytics.js'
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
  response.end(isScript ? SCRIPT : PAGE)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const [, , address] = process.argv
const browser = address ? await chromium.connectOverCDP(address) : await launchBrowser()
// A visitor of its own: nothing is stored yet.
const context = await browser.newContext()
const page = await context.newPage()
await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)

/** What a command does, in the page: the text of each goes there. */
const IN_PAGE: Record<string, (command: Command) => unknown> = {
  init: ({ write_key, host, options = {} }) => {
    const globals = window as unknown as Globals
    globals.failures = []
    globals.headwater.init(write_key, {
      host,
      autocapturePageviews: false,
      ...(options.flush_at && { flushAt: options.flush_at }),
      ...(options.flush_interval_ms && { flushIntervalMs: options.flush_interval_ms }),
      onError: (error) => globals.failures.push(error),
    })
  },
  capture: ({ event, properties, groups, set, set_once }) => {
    const { headwater } = window as unknown as Globals
    const person = { ...(set && { $set: set }), ...(set_once && { $set_once: set_once }) }
    for (const [type, key] of Object.entries(groups ?? {})) headwater.group(type, key)
    return headwater.capture(event, set || set_once ? { ...properties, ...person } : properties)
  },
  identify: ({ distinct_id, set, set_once }) =>
    (window as unknown as Globals).headwater.identify(distinct_id, set, set_once),
  alias: ({ alias }) => (window as unknown as Globals).headwater.alias(alias),
  group_identify: ({ group_type, group_key, set }) =>
    (window as unknown as Globals).headwater.group(group_type, group_key, set),
  set: ({ set, set_once }) => {
    const { headwater } = window as unknown as Globals
    if (set) headwater.set(set)
    if (set_once) headwater.setOnce(set_once)
  },
  flush: () => (window as unknown as Globals).headwater.flush(),
  errors: () => (window as unknown as Globals).failures,
  stats: () => ({
    queued: Object.keys(localStorage).filter((key) => key.includes(':event:')).length,
  }),
}

async function run(page: Page, command: Command): Promise<unknown> {
  const inPage = IN_PAGE[command.do]
  if (!inPage) throw new Error(`unknown command ${command.do}`)
  // As text: what carries arguments over does not come to an end with a hundred levels.
  const text = JSON.stringify(JSON.stringify(command))
  return page.evaluate(`(${inPage})(JSON.parse(${text}))`)
}

async function shutDown({ timeout_ms = DEFAULT_SHUTDOWN_MS }: Command): Promise<void> {
  const flushed = page.evaluate(() => (window as unknown as Globals).headwater.flush())
  await Promise.race([flushed.catch(() => {}), sleep(timeout_ms)])
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
say({ ready: true, sdk: 'web', stateful: true, persistent: true })
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command
  const isLast = command.do === 'shutdown'
  try {
    const value = isLast ? await shutDown(command) : await run(page, command)
    say({ id: command.id, ok: true, value })
  } catch (error) {
    say({ id: command.id, ok: false, error: String(error) })
  }
  if (isLast) break
}
await context.close()
await browser.close()
server.close()
process.stdin.destroy()
