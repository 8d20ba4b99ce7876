import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// A file waits for chDB, PGlite and processes as often as these wait for it: on two cores, where vitest
// would run one file at a time, two go together. The time is a limit for slow machines, not what a test takes.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // What is waited for comes late on a slow machine; vitest would wait for a second.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
})
