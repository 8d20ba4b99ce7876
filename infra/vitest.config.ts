import { defineConfig } from 'vitest/config'

// The suites that start a whole stack, or the real services, are their own.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['e2e/**', 'faults/**', 'services/**', 'drills/**', '**/node_modules/**'],
    testTimeout: 60_000,
  },
})
