import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// The page tests share one Chromium per file, and two cores with another file: vitest would run one at
// a time there, which waits half of its time. Times are limits for slow machines, not what a test takes.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    // A page asks again every two seconds.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
})
