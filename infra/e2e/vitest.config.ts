import { defineConfig } from 'vitest/config'

// Whole stacks share two cores: one file at a time.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
