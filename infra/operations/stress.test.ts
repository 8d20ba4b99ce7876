import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from '../local/config.ts'

const NOWHERE = { PATH: '', HOME: '/nonexistent', WRITE_KEY: 'wk_default_1_0' }

it('says how k6 is installed when it is missing', async () => {
  const { code, output } = await stress(['capture'])
  expect(code).toBe(2)
  expect(output).toContain('go install go.k6.io/k6@latest')
})

it.each([
  [['capture'], { CAPTURE_URL: 'https://capture.example.com' }, /not an address of this machine/],
  [['query'], { QUERY_URL: 'http://10.0.0.7:8001' }, /not an address of this machine/],
  [['capture', '--rate', '1000000'], {}, /--rate/],
  [['capture', '--seconds', 'forever'], {}, /--seconds/],
  [['everything'], {}, /capture or query/],
])('refuses %j %j', async (args, env, words) => {
  const { code, output } = await stress(args, env)
  expect(code).toBe(2)
  expect(output).toMatch(words)
})

function stress(args: string[], env: Record<string, string> = {}) {
  const script = join(ROOT, 'loadtest/stress.ts')
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { env: { ...NOWHERE, ...env } },
      (error, _, output) => resolve({ code: Number(error?.code ?? 0), output }),
    )
  })
}
