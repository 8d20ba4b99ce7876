import { defineConfig } from 'vitest/config'
import { drillConfig } from './config.ts'

// Brokers share two cores: one file at a time.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    fileParallelism: false,
    // What is waited for comes late on a slow machine; vitest would wait for a second.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: drillConfig().testTimeoutMs,
    hookTimeout: 180_000,
  },
})
