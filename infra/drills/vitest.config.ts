import { defineConfig } from 'vitest/config'
import { drillConfig } from './config.ts'

// Brokers share two cores: one file at a time.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: drillConfig().testTimeoutMs,
    hookTimeout: 180_000,
  },
})
