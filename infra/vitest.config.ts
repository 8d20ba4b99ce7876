import { defineConfig } from 'vitest/config'

// The suites that start the whole stack are their own: infra/e2e and infra/faults.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['e2e/**', 'faults/**', '**/node_modules/**'],
    testTimeout: 20_000,
  },
})
