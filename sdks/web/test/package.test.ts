import { spawnSync } from 'node:child_process'
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
import { gzipSync } from 'node:zlib'
import { transform } from 'esbuild'
import { expect, it } from 'vitest'
import { ownRows, README } from '../measure-sizes.ts'

const MAX_GZIP_BYTES = 4_096
const PACKAGE = join(import.meta.dirname, '..')
const TSC = join(PACKAGE, '../../node_modules/typescript/bin/tsc')
const read = (name: string) => readFileSync(join(PACKAGE, 'dist', name))

it('weighs at most 4 KB gzipped', () => {
  expect(gzipSync(read('analytics.js'), { level: 9 }).length).toBeLessThanOrEqual(MAX_GZIP_BYTES)
})

it('says its size in the README as it is', () => {
  const readme = readFileSync(README, 'utf8')
  for (const row of ownRows()) expect(readme).toContain(row)
})

it('gives the edge the same bytes as text', () => {
  for (const name of ['', '/autocapture', '/overflow', '/web-vitals']) {
    expect(read(`analytics${name}.txt`).equals(read(`analytics${name}.js`))).toBe(true)
  }
})

it.each(['', '/autocapture', '/overflow', '/web-vitals'])(
  'uses no syntax newer than ES2018 in analytics%s.js',
  async (name) => {
    const script = read(`analytics${name}.js`).toString()
    const { code } = await transform(script, { target: 'es2018' })
    // What is newer would have been rewritten.
    expect(code).toBe((await transform(script, { target: 'esnext' })).code)
  },
)

it('has types that stand on their own', () => {
  for (const name of readdirSync(join(PACKAGE, 'dist/types'))) {
    expect(readFileSync(join(PACKAGE, 'dist/types', name), 'utf8')).not.toContain('@headwater/')
  }
  compiles(`
    import headwater, { createClient, type Client, type CaptureError } from '@headwater/web'
    import { autocapture } from '@headwater/web/autocapture'
    import { overflow } from '@headwater/web/overflow'
    import { webVitals } from '@headwater/web/web-vitals'
    headwater.extend(overflow)
    autocapture(headwater, { maskText: true, within: 'main' })
    webVitals(headwater)
    headwater.init('wk', { onError: (error: CaptureError) => console.log(error.code) })
    const client: Client = createClient('wk', { onDelivery: (r) => console.log(r.dropped[0]?.reason) })
    export const uuid: string = client.capture('signup', { plan: 'pro', when: new Date() })
    client.capture('anything')
    // @ts-expect-error an event needs a name
    client.capture()`)
})

it('knows an application’s events when it names them', () => {
  compiles(`
    import headwater, { createClient, type Client } from '@headwater/web'
    interface Events {
      signup: { plan: 'free' | 'pro'; seats?: number }
      logout: { why?: string }
    }
    for (const client of [createClient<Events>('wk'), headwater as Client<Events>]) {
      client.capture('signup', { plan: 'pro' })
      client.capture('logout')
      client.capture('logout', { why: 'bored' })
      // @ts-expect-error no such event
      client.capture('sign_up', { plan: 'pro' })
      // @ts-expect-error no such plan
      client.capture('signup', { plan: 'plus' })
      // @ts-expect-error no such property
      client.capture('signup', { plan: 'pro', seat: 1 })
      // @ts-expect-error it needs a plan
      client.capture('signup')
    }`)
})

/** Compiles an application that has installed the package, and nothing else. */
function compiles(app: string): void {
  const work = mkdtempSync(join(tmpdir(), 'headwater-consumer-'))
  const installed = join(work, 'node_modules/@headwater/web')
  mkdirSync(installed, { recursive: true })
  cpSync(join(PACKAGE, 'dist'), join(installed, 'dist'), { recursive: true })
  cpSync(join(PACKAGE, 'package.json'), join(installed, 'package.json'))
  writeFileSync(join(work, 'app.ts'), app)
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--lib',
    'es2022,dom',
    '--types',
    '',
  ]
  const { stdout, status } = spawnSync(process.execPath, [TSC, ...options, 'app.ts'], { cwd: work })
  rmSync(work, { recursive: true })
  expect([status, stdout.toString()]).toEqual([0, ''])
}
