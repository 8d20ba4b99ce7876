import { defineConfig } from 'vitest/config'

// All files share one edge and one core; two at a time, since clients wait for much of their time.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/stack.ts'],
    // What is waited for comes late on a slow machine; vitest would wait for a second.
    expect: { poll: { timeout: 30_000, interval: 100 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
