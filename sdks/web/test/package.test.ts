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
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const MAX_GZIP_BYTES = 4_096
const PACKAGE = join(import.meta.dirname, '..')
const TSC = join(PACKAGE, '../../node_modules/typescript/bin/tsc')
const read = (name: string) => readFileSync(join(PACKAGE, 'dist', name))

it('weighs at most 4 KB gzipped', () => {
  expect(gzipSync(read('analytics.js'), { level: 9 }).length).toBeLessThanOrEqual(MAX_GZIP_BYTES)
})

it('gives the edge the same bytes as text', () => {
  expect(read('analytics.txt').equals(read('analytics.js'))).toBe(true)
})

it('uses no syntax newer than ES2018', () => {
  // Optional chaining, nullish coalescing, class fields and private names came later.
  expect(read('analytics.js').toString()).not.toMatch(/\?\.[a-z([]|\?\?|#[a-z]+\s*[=(;]/i)
})

it('has types that stand on their own', () => {
  const types = readdirSync(join(PACKAGE, 'dist/types'))
  for (const name of types) {
    expect(readFileSync(join(PACKAGE, 'dist/types', name), 'utf8')).not.toContain('@headwater/')
  }
  const work = mkdtempSync(join(tmpdir(), 'headwater-consumer-'))
  const installed = join(work, 'node_modules/@headwater/web')
  mkdirSync(installed, { recursive: true })
  cpSync(join(PACKAGE, 'dist'), join(installed, 'dist'), { recursive: true })
  cpSync(join(PACKAGE, 'package.json'), join(installed, 'package.json'))
  writeFileSync(
    join(work, 'app.ts'),
    `import headwater, { createClient, type Client, type CaptureError } from '@headwater/web'
     headwater.init('wk', { onError: (error: CaptureError) => console.log(error.code) })
     const client: Client = createClient('wk', { onDelivery: (r) => console.log(r.dropped[0]?.reason) })
     export const uuid: string = client.capture('signup', { plan: 'pro', when: new Date() })
     // @ts-expect-error an event needs a name
     client.capture()`,
  )
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
  execFileSync(process.execPath, [TSC, ...options, 'app.ts'], { cwd: work, stdio: 'pipe' })
  rmSync(work, { recursive: true })
})
