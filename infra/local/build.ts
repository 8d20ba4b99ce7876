import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './config.ts'

interface Target {
  name: string
  /** Folders and files whose content decides whether the output is still good. */
  sources: string[]
  output: string
  command: string[]
}

const WEB_SDK: Target = {
  name: 'web SDK',
  sources: ['sdks/web/src', 'sdks/delivery', 'sdks/web/build.ts', 'sdks/web/package.json'],
  output: 'sdks/web/dist/analytics.txt',
  command: ['sdks/web/build.ts'],
}

const NODE_SDK: Target = {
  name: 'server SDK',
  sources: ['sdks/node/src', 'sdks/delivery', 'sdks/node/build.ts', 'sdks/node/package.json'],
  output: 'sdks/node/dist/index.mjs',
  command: ['sdks/node/build.ts'],
}

const SITE: Target = {
  name: 'site',
  sources: ['site/src', 'site/public', 'site/astro.config.mjs', 'site/package.json', 'schemas'],
  output: 'site/dist/index.html',
  command: ['node_modules/astro/bin/astro.mjs', 'build', '--root', 'site'],
}

/** Builds what runs here where it is missing or older than its sources; says so, since it takes seconds. */
export async function buildAll(log: (line: string) => void = console.log): Promise<void> {
  // In order: the edge serves the SDK's build.
  for (const target of [WEB_SDK, SITE]) await build(target, log)
}

/** Builds the SDKs that are npm packages, likewise. */
export async function buildSdks(log: (line: string) => void = console.log): Promise<void> {
  for (const target of [WEB_SDK, NODE_SDK]) await build(target, log)
}

async function build(target: Target, log: (line: string) => void): Promise<void> {
  const stamp = join(ROOT, 'node_modules/.cache/headwater', `${target.name.replace(' ', '-')}.hash`)
  const hash = hashOf(target.sources)
  if (existsSync(join(ROOT, target.output)) && read(stamp) === hash) return
  const started = Date.now()
  log(`Building the ${target.name} …`)
  await runNode(target.command)
  mkdirSync(join(stamp, '..'), { recursive: true })
  writeFileSync(stamp, hash)
  log(`Built the ${target.name} in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
}

function runNode(command: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk
      })
    }
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${command.join(' ')} failed with exit code ${code}\n${output}`))
    })
  })
}

function hashOf(sources: string[]): string {
  const hash = createHash('sha256')
  for (const source of sources) addToHash(hash, join(ROOT, source))
  return hash.digest('hex')
}

function addToHash(hash: ReturnType<typeof createHash>, path: string): void {
  if (!existsSync(path)) return
  const entries = tryReadDir(path)
  if (!entries) {
    hash.update(path).update(readFileSync(path))
    return
  }
  for (const entry of entries.sort()) {
    if (entry !== 'node_modules' && entry !== 'dist') addToHash(hash, join(path, entry))
  }
}

function tryReadDir(path: string): string[] | null {
  try {
    return readdirSync(path)
  } catch {
    return null
  }
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

if (import.meta.main) await buildAll()
