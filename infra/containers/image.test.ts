import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRETS } from '../../core/core-process.ts'
import { ROOT } from '../local/config.ts'
import { copiesOf, isIgnored, layOut, readDockerfile } from './dockerfile.ts'

const UNWANTED = [
  'node_modules/{@chdb,chdb,@electric-sql,wrangler,typescript,vitest}',
  '{core,schemas}/**/{*.test.ts,test}',
]
const DOCKERFILES = ['core/Dockerfile', 'edge/Dockerfile', 'site/Dockerfile']
const { devDependencies, workspaces } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as { devDependencies: Record<string, string>; workspaces: string[] }

describe.each(DOCKERFILES)('%s', (path) => {
  const stages = readDockerfile(path)

  it('runs the Node of this repository, as a user without rights, and can be asked for its health', () => {
    const names = stages.map(({ name }) => name)
    for (const { base } of stages) {
      if (!names.includes(base)) expect(base).toBe(`node:${devDependencies.node}-bookworm-slim`)
    }
    const last = new Map(stages.at(-1)?.instructions.map(({ name, text }) => [name, text]))
    expect(last.get('USER')).toBe('node')
    expect(last.get('STOPSIGNAL')).toBe('SIGTERM')
    expect(last.get('HEALTHCHECK')).toContain('infra/containers/health.mjs')
    expect(last.get('ENTRYPOINT')).toMatch(/^\["node"/)
  })

  it('copies only what there is, and nothing that .dockerignore holds back', () => {
    for (const { from, sources } of stages.flatMap(copiesOf)) {
      if (from) expect(stages.map(({ name }) => name)).toContain(from)
      for (const source of from ? [] : sources) {
        expect(existsSync(join(ROOT, source)), source).toBe(true)
        expect(isIgnored(source), source).toBe(false)
      }
    }
  })

  it('shows npm the manifest of every workspace before it installs', () => {
    const copied = stages.flatMap(copiesOf).flatMap(({ sources }) => sources)
    const manifests = workspaces.map((name) => `${name}/package.json`)
    expect(copied).toEqual(expect.arrayContaining(['package-lock.json', ...manifests]))
  })
})

describe('what Docker is shown', () => {
  it('has no secret, no test, and nothing that was built or installed here', () => {
    for (const path of [
      'infra/.env',
      'core/.env',
      '.git/config',
      '.data/secrets.json',
      'node_modules/hono/package.json',
      'core/node_modules/x.js',
      'site/dist/index.html',
      'core/auth/app.test.ts',
      'core/log/log.contract.ts',
      'schemas/test/wire.test.ts',
      'schemas/fixtures/accepted/one.json',
      'infra/local/start.ts',
    ]) {
      expect(isIgnored(path), path).toBe(true)
    }
    for (const path of ['core/main.ts', 'schemas/clickhouse/001_migrations.sql', '.npmrc']) {
      expect(isIgnored(path), path).toBe(false)
    }
  })
})

describe("the core's image, laid out as a folder", () => {
  let folder: string
  let app: string
  let database: PGLiteSocketServer
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headwater-image-'))
    app = await layOut(readDockerfile('core/Dockerfile'), 'final', folder)
    database = new PGLiteSocketServer({ db: await PGlite.create(), port: 0, maxConnections: 20 })
    await database.start()
  }, 180_000)
  afterAll(() => {
    // Not waited for: it would wait for the connections of a pool that was killed.
    void database?.stop()
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  it('holds no store of the embedded kind, no tests, and not much at all', async () => {
    const found = globSync(UNWANTED, { cwd: app })
    expect(found).toEqual([])
    const { stdout } = await promisify(execFile)('du', ['-sm', app])
    expect(Number.parseInt(stdout, 10)).toBeLessThan(100)
  })

  it('finds every module that its commands load', async () => {
    const commands = ['auth', 'bridge', 'consumer', 'query'].map(
      (name) => `./core/${name}/alone.ts`,
    )
    for (const command of commands) {
      await promisify(execFile)(process.execPath, ['-e', `import('${command}')`], { cwd: app })
    }
  }, 60_000)

  it('serves auth on PostgreSQL, says that it is well, and ends in order', async () => {
    const child = spawn(process.execPath, ['core/main.ts', 'auth'], {
      cwd: app,
      env: {
        ...SECRETS,
        HOST: '127.0.0.1',
        LOG_LEVEL: 'error',
        AUTH_PORT: '0',
        DATABASE_URL: `postgres://postgres@${database.getServerConn()}/postgres`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = once(child, 'exit')
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      exit.then(() => Promise.reject(new Error('auth ended'))),
    ])) as [string]
    const { auth } = JSON.parse(line).urls
    expect(await health(`${auth}/_health`)).toBe(0)
    child.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    expect(await health(`${auth}/_health`)).toBe(1)
  }, 60_000)

  function health(url: string): Promise<number> {
    const script = join(app, 'infra/containers/health.mjs')
    return new Promise((resolve) => {
      execFile(process.execPath, [script, 'http://127.0.0.1:1/_health', url], (error) => {
        resolve(Number(error?.code ?? 0))
      })
    })
  }
})
