import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const EDGE = join(import.meta.dirname, '..')

export interface WorkerBundle {
  path: string
  contents: string
}

/** Bundles the Worker into one module, as wrangler does for a deploy. */
export async function bundleWorker(
  outDir: string,
  entry: string = join(EDGE, 'worker.ts'),
): Promise<WorkerBundle> {
  const path = join(outDir, 'worker.js')
  await build({
    entryPoints: [entry],
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'import'],
    external: ['cloudflare:*', 'node:*'],
    loader: { '.txt': 'text' },
    logLevel: 'error',
  })
  return { path, contents: await readFile(path, 'utf8') }
}
