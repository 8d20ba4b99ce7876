// `npm run check`: format and lint, types, documents and DDL in step with the code, stage headers. All
// that fail are shown, not only the first.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildAll } from './build.ts'
import { ROOT } from './config.ts'

const bin = (path: string) => join(ROOT, 'node_modules', path)
const TSC = bin('typescript/bin/tsc')

const CHECKS: Record<string, string[]> = {
  'format and lint': [
    bin('@biomejs/biome/bin/biome'),
    'ci',
    '--colors=off',
    '--error-on-warnings',
    '.',
  ],
  'types: schemas': [TSC, '-p', 'schemas'],
  'types: schema tests': [TSC, '-p', 'schemas/test'],
  'types: edge': [TSC, '-p', 'edge'],
  'types: core': [TSC, '-p', 'core'],
  'types: web SDK': [TSC, '-p', 'sdks/web'],
  'types: Node SDK': [TSC, '-p', 'sdks/node'],
  'types: Python SDK': [TSC, '-p', 'sdks/python'],
  'types: compliance': [TSC, '-p', 'sdks/compliance'],
  'types: compat': [TSC, '-p', 'sdks/compat'],
  'types: demo': [TSC, '-p', 'sdks/demo'],
  'types: site': [TSC, '-p', 'site'],
  'types: infra': [TSC, '-p', 'infra'],
  'types: loadtest': [TSC, '-p', 'loadtest'],
  'OpenAPI: query': ['core/query/write-openapi.ts', '--check'],
  'OpenAPI: auth': ['core/auth/write-openapi.ts', '--check'],
  'DDL and stage headers': [
    bin('vitest/vitest.mjs'),
    ...['run', '--root', 'schemas', 'test/columns.test.ts', 'test/stages.test.ts'],
  ],
  'deploys to Cloudflare': [
    bin('wrangler/bin/wrangler.js'),
    'deploy',
    '--dry-run',
    ...['--env', 'production'],
    '--outdir',
    'node_modules/.cache/headwater/deploy',
  ],
}

// The Worker bundles the SDK, and the site's types come from its build.
await buildAll()
const failed: string[] = []
for (const [name, command] of Object.entries(CHECKS)) {
  const started = Date.now()
  const { code, output } = await run(command)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (code === 0) continue
  failed.push(name)
  console.log(output)
}
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}`)
  process.exit(1)
}

function run(command: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk
      })
    }
    child.once('exit', (code) => resolve({ code, output }))
  })
}
