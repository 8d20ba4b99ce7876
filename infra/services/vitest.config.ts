import { defineConfig } from 'vitest/config'

// Brokers share two cores: one file at a time. The first start fetches Kafka.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    fileParallelism: false,
    // What is waited for comes late on a slow machine; vitest would wait for a second.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
