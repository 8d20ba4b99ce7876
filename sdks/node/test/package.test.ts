import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const PACKAGE = join(import.meta.dirname, '..')
const TSC = join(PACKAGE, '../../node_modules/typescript/bin/tsc')
const bundle = readFileSync(join(PACKAGE, 'dist/index.mjs'), 'utf8')

/** An application that has installed the package, and nothing else. */
let application: string
beforeAll(() => {
  application = mkdtempSync(join(tmpdir(), 'headwater-application-'))
  const installed = join(application, 'node_modules/@headwater/node')
  mkdirSync(installed, { recursive: true })
  cpSync(join(PACKAGE, 'dist'), join(installed, 'dist'), { recursive: true })
  cpSync(join(PACKAGE, 'package.json'), join(installed, 'package.json'))
})
afterAll(() => rmSync(application, { recursive: true }))

/** What the compiler says of a module of the application; empty when it is right. */
function compile(source: string): string {
  writeFileSync(join(application, 'app.mts'), source)
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext']
  try {
    execFileSync(
      process.execPath,
      [TSC, ...options, '--lib', 'es2022,dom', '--types', '', 'app.mts'],
      { cwd: application, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    )
    return ''
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

it('is one module that imports nothing', () => {
  expect(bundle).not.toMatch(/^import /m)
  expect(bundle).not.toMatch(/\bimport\(|\brequire\(|['"]node:/)
})

it('can be required, too', () => {
  const script = "console.log(typeof require('@headwater/node').createClient)"
  const output = execFileSync(process.execPath, ['-e', script], {
    cwd: application,
    encoding: 'utf8',
  })
  expect(output.trim()).toBe('function')
})

it('has types that stand on their own', () => {
  for (const name of readdirSync(join(PACKAGE, 'dist/types'))) {
    const text = readFileSync(join(PACKAGE, 'dist/types', name), 'utf8')
    expect(text, name).not.toMatch(/@headwater\/|['"]node:|LIB_VERSION/)
  }
  const source = `
    import { type CaptureError, type Client, createClient } from '@headwater/node'
    const client: Client = createClient('wk', { onError: (error: CaptureError) => console.log(error.code) })
    export const uuid: string = client.capture({ event: 'signup', distinct_id: 'ann', properties: { at: new Date() } })
    export const lost: Promise<number> = client.shutdown()
    client.withContext({ waitUntil: (promise: Promise<unknown>) => void promise }).set('ann', { plan: 'pro' })
    // @ts-expect-error an event needs a distinct_id
    client.capture({ event: 'signup' })
    // @ts-expect-error there is no such option
    createClient('wk', { flush_at: 1 })`
  expect(compile(source)).toBe('')
})

it('lets an application say which events it has', () => {
  const source = `
    import { createClient } from '@headwater/node'
    interface Events {
      signup: { plan: 'free' | 'pro' }
      logout: { reason?: string }
    }
    const client = createClient<Events>('wk')
    const distinct_id = 'ann'
    client.capture({ event: 'signup', distinct_id, properties: { plan: 'pro' } })
    client.capture({ event: 'logout', distinct_id })
    client.capture({ event: '$pageview', distinct_id, properties: { $current_url: 'https://shop.example' } })
    // @ts-expect-error no such event
    client.capture({ event: 'sign_up', distinct_id, properties: { plan: 'pro' } })
    // @ts-expect-error no such plan
    client.capture({ event: 'signup', distinct_id, properties: { plan: 'gold' } })
    // @ts-expect-error no such property
    client.capture({ event: 'signup', distinct_id, properties: { plan: 'pro', price: 1 } })
    // @ts-expect-error signup has properties
    client.capture({ event: 'signup', distinct_id })
    // @ts-expect-error also under waitUntil
    client.withContext({ waitUntil() {} }).capture({ event: 'sign_up', distinct_id })`
  expect(compile(source)).toBe('')
})
