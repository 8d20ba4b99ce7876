import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['*.test.ts'],
    globalSetup: ['../node/test/build.ts', '../web/test/build.ts'],
    testTimeout: 90_000,
    maxConcurrency: 5,
    maxWorkers: 2,
  },
})
