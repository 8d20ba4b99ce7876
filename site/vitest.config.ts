import { defineConfig } from 'vitest/config'

// The page tests share one Chromium per file, and two cores with everything else.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 40_000,
    hookTimeout: 120_000,
  },
})
