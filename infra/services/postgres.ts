import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from './ports.ts'
import { isAlive, ServiceProcess } from './process.ts'
import { run } from './run.ts'
import type { RealService } from './service.ts'
import { tiedToUs } from './tied.ts'
import { postgresFolder, requireTools } from './tools.ts'

/** A PostgreSQL cluster with an empty database `headwater`, and a superuser of the same name. */
export interface PostgresServer extends RealService {
  /** `DATABASE_URL`; no password. */
  readonly url: string
  readonly port: number
}

export interface PostgresOptions {
  folder: string
  /** @default a free one */
  port?: number
}

const NAME = 'headwater'

/** Starts PostgreSQL on this folder, and makes the cluster the first time. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  requireTools('PostgreSQL')
  const [freePort = 0] = await freePorts(1)
  const { folder, port = freePort } = options
  const program = (name: string) => join(postgresFolder() ?? '', name)
  const data = join(folder, 'data')
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? 'postgres' : undefined
  if (!existsSync(data)) await makeCluster(program, data, user)
  const server = new ServiceProcess({
    name: 'postgres',
    folder,
    command: [
      program('postgres'),
      ...['-D', data, '-p', String(port)],
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    ],
    user,
    // The fast way: SIGTERM would wait until every client has gone by itself.
    stopBy: 'SIGINT',
    isReady: (output) => output.includes('ready to accept connections'),
  })
  removeStaleLock(data)
  await server.start()
  return Object.assign(server, { url: `postgres://${NAME}@127.0.0.1:${port}/${NAME}`, port })
}

async function makeCluster(
  program: (name: string) => string,
  data: string,
  user: string | undefined,
): Promise<void> {
  // Renamed into place: what an interrupted start left must not be taken for a cluster.
  const partial = `${data}.new`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true, mode: 0o700 })
  if (user) await run(['chown', `${user}:`, partial])
  const settings = ['-A', 'trust', '-U', NAME, '--encoding=UTF8', '--locale=C', '--no-sync']
  await run(tiedToUs([program('initdb'), '-D', partial, ...settings], user))
  const alone = [program('postgres'), '--single', '-D', partial, 'postgres']
  await run(tiedToUs(alone, user), `CREATE DATABASE ${NAME}\n`)
  renameSync(partial, data)
}

// PostgreSQL would take a zombie for its running self, and refuse to start.
function removeStaleLock(data: string): void {
  const lock = join(data, 'postmaster.pid')
  if (!existsSync(lock)) return
  if (!isAlive(Number.parseInt(readFileSync(lock, 'utf8'), 10))) rmSync(lock)
}
