import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const STAGES = ['capture', 'buffer', 'bridge', 'log', 'consumer', 'store', 'query', 'site']

it('finds every stage of the flow by its header, once each, with its promise', () => {
  const found = execFileSync('git', ['grep', '-h', '-A', '3', '^// Stage [1-8] of 8: '], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const headers = [...found.matchAll(/^\/\/ Stage (\d) of 8: (\w+)\. In: .+/gm)].sort(
    ([, a], [, b]) => Number(a) - Number(b),
  )
  expect(headers.map(([, number, name]) => `${number} ${name}`)).toEqual(
    STAGES.map((name, i) => `${i + 1} ${name}`),
  )
  expect(found.match(/^\/\/ Promise: /gm)).toHaveLength(STAGES.length)
})
