import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../local/config.ts'

const toml = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')
const production = toml.slice(toml.indexOf('[env.production]'))

it('names in production every binding that the Worker reads, with the default that it has', () => {
  const source = readFileSync(join(ROOT, 'edge/config.ts'), 'utf8')
  const read = [...source.matchAll(/read\.(\w+)\('([A-Z_]+)'(?:, ([^,)]+))?/g)]
  expect(read.length).toBeGreaterThan(10)
  for (const [, kind, name = '', fallback = ''] of read) {
    if (kind === 'secret') {
      expect(toml).toContain(name)
      expect(production).not.toContain(`${name} =`)
      continue
    }
    const [, comment, value] = new RegExp(`^(# )?${name} = "(.*)"$`, 'm').exec(production) ?? []
    expect(value, name).toBeDefined()
    if (comment) expect(value).toBe(defaultOf(fallback))
  }
})

it('binds the buffer in production as well', () => {
  expect(production).toContain('[[env.production.durable_objects.bindings]]\nname = "BUFFER"')
})

// As the source writes it: 4_000_000, 1024 ** 3, true, '/ingest'.
function defaultOf(text: string): string {
  const [base = '', exponent = '1'] = text.replaceAll('_', '').split(' ** ')
  return /^\d+$/.test(base) ? String(Number(base) ** Number(exponent)) : text.replaceAll("'", '')
}
