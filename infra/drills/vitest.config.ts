import { defineConfig } from 'vitest/config'

// Brokers share two cores: one file at a time. The first start fetches Kafka.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
})
