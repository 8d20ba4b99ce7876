import { spawn } from 'node:child_process'
import { ROOT } from '../local/config.ts'
import { CLUSTER_FILE, COMPOSE_FILE } from './compose.ts'
import { ENV_FILE } from './env-file.ts'

/** `!reset` and `!override` came with 2.24.4. */
const MIN_COMPOSE = [2, 24, 4]

const WITHOUT_DOCKER = `
  Without Docker:
    npm start              all of Headwater in one process, with its own log and store
    npm run infra-local    Kafka, ClickHouse, PostgreSQL and Redis as processes of this machine
    npm run run-all        our services beside those`

/** Throws, with what to do instead, when there is no Docker with Compose here, or it does not run. */
export async function requireDocker(): Promise<void> {
  const compose = await capture(['compose', 'version', '--short'])
  const version = /(\d+)\.(\d+)\.(\d+)/.exec(compose.output)
  if (compose.code !== 0 || !version) throw unusable('Docker with the Compose plugin is not here')
  if (isOlder(version.slice(1).map(Number))) {
    throw unusable(`Compose ${version[0]} is too old; ${MIN_COMPOSE.join('.')} or newer is needed`)
  }
  const server = await capture(['version', '--format', '{{.Server.Version}}'])
  if (server.code !== 0) throw unusable('The Docker daemon does not answer; is it running?')
}

/** Runs `docker compose` on the files of the single node, or of the cluster. Throws when it fails. */
export async function compose(isCluster: boolean, args: readonly string[]): Promise<void> {
  const files = [COMPOSE_FILE, ...(isCluster ? [CLUSTER_FILE] : [])]
  const options = ['--env-file', ENV_FILE, ...files.flatMap((file) => ['--file', file])]
  const command = ['compose', ...options, ...args]
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn('docker', command, { cwd: ROOT, stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`docker ${command.join(' ')} ended with exit code ${code}`)
}

function isOlder(version: number[]): boolean {
  for (const [i, least] of MIN_COMPOSE.entries()) {
    const part = version[i] ?? 0
    if (part !== least) return part < least
  }
  return false
}

function unusable(why: string): Error {
  return new Error(`${why}.\n${WITHOUT_DOCKER}`)
}

function capture(args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk
    })
    child.once('error', () => resolve({ code: null, output: '' }))
    child.once('close', (code) => resolve({ code, output }))
  })
}
