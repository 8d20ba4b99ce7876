import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { TEST_BINDINGS } from './test/bindings.ts'
import { answerAsCore } from './test/core-stand-in.ts'

// The Worker serves the SDK's build; a checkout that has not built it yet can still be tested.
for (const name of ['', '/autocapture', '/overflow', '/web-vitals']) {
  const script = join(import.meta.dirname, `../sdks/web/dist/analytics${name}.txt`)
  if (existsSync(script)) continue
  mkdirSync(dirname(script), { recursive: true })
  writeFileSync(script, '/* not built yet */')
}

export default defineConfig({
  test: {
    silent: 'passed-only',
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: '../wrangler.toml' },
            miniflare: { bindings: TEST_BINDINGS, outboundService: answerAsCore },
          }),
        ],
        test: {
          name: 'edge in workerd',
          include: ['*.test.ts', 'dialects/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'edge as a process',
          include: ['local/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
