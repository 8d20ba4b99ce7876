import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    dist: string
  }
}

/** Builds the pages of now into a folder of their own: an old `dist` would be tested in their place. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dist = await mkdtemp(join(tmpdir(), 'headwater-site-'))
  const root = join(import.meta.dirname, '..')
  const astro = join(root, '../node_modules/astro/bin/astro.mjs')
  await promisify(execFile)(
    process.execPath,
    [astro, 'build', '--root', root, '--outDir', dist, '--silent'],
    { env: { ...inherited(), ASTRO_TELEMETRY_DISABLED: '1' } },
  )
  project.provide('dist', dist)
  return () => rm(dist, { recursive: true, force: true })
}

// biome-ignore lint/style/noProcessEnv: a build needs PATH and HOME as they are.
const inherited = () => process.env
