import { defineConfig } from 'vitest/config'

// The page tests share one Chromium per file, and two cores with everything else.
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    // A page asks again every two seconds.
    expect: { poll: { timeout: 6_000 } },
    testTimeout: 40_000,
    hookTimeout: 120_000,
  },
})
