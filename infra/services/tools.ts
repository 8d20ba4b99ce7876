import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { kafkaFolder } from './kafka-jars.ts'

/** Something of the system that must be there. */
export interface Tool {
  /** Who needs it. */
  user:
    | 'Kafka'
    | 'ClickHouse'
    | 'PostgreSQL'
    | 'Redis'
    | 'every service'
    | 'the browser tests'
    | 'the tests of Python clients'
  name: string
  /** Of Debian. */
  package: string
  isThere(): boolean
}

const JAVA_VERSION = 17
const POSTGRES_FOLDER = '/usr/lib/postgresql'

const HAS_VENV = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))'

const TOOLS: Tool[] = [
  {
    user: 'every service',
    name: 'setpriv',
    package: 'util-linux',
    isThere: () => process.platform !== 'linux' || isOnPath('setpriv'),
  },
  {
    user: 'Kafka',
    name: `Java ${JAVA_VERSION} or newer`,
    package: 'default-jre-headless',
    isThere: () => javaVersion() >= JAVA_VERSION,
  },
  {
    user: 'Kafka',
    name: 'Maven (mvn)',
    package: 'maven',
    isThere: () => existsSync(kafkaFolder()) || isOnPath('mvn'),
  },
  {
    user: 'ClickHouse',
    name: 'a C compiler (cc) or Python (python3)',
    package: 'python3',
    isThere: () => isOnPath('cc') || isOnPath('python3'),
  },
  {
    user: 'PostgreSQL',
    name: 'its programs (initdb, postgres)',
    package: 'postgresql',
    isThere: () => postgresFolder() !== undefined,
  },
  {
    user: 'Redis',
    name: 'redis-server',
    package: 'redis-server',
    isThere: () => isOnPath('redis-server'),
  },
  {
    user: 'the browser tests',
    name: 'libnss3',
    package: 'libnss3',
    isThere: () => spawnSync('/sbin/ldconfig', ['-p']).stdout?.includes('libnss3.so') ?? true,
  },
  {
    user: 'the tests of Python clients',
    name: 'Python 3.10 or newer with venv',
    package: 'python3-venv',
    isThere: () => spawnSync('python3', ['-c', HAS_VENV]).status === 0,
  },
]

/** What is not there, of all tools or of those of some users. */
export function missingTools(users?: Tool['user'][]): Tool[] {
  return TOOLS.filter(({ user }) => !users || users.includes(user)).filter(
    (tool) => !tool.isThere(),
  )
}

/** Throws with what is missing, and with the command that installs it on Debian. */
export function requireTools(...users: Tool['user'][]): void {
  const missing = missingTools(['every service', ...users])
  if (missing.length > 0) throw new Error(describeMissing(missing))
}

export function describeMissing(missing: Tool[]): string {
  const lines = missing.map(({ user, name }) => `  ${user} needs ${name}`)
  const packages = missing.map((tool) => tool.package).join(' ')
  return `Missing on this machine:\n${lines.join('\n')}\nOn Debian: apt-get install ${packages}`
}

export function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** `java`, of JAVA_HOME when that is set. */
export function javaProgram(): string {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java'
}

function javaVersion(): number {
  const { stderr } = spawnSync(javaProgram(), ['-version'], { encoding: 'utf8' })
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0)
}

/** Where PostgreSQL's programs are: Debian does not put them on the path. '' is the path. */
export function postgresFolder(): string | undefined {
  if (isOnPath('initdb') && isOnPath('postgres')) return ''
  const versions = existsSync(POSTGRES_FOLDER) ? readdirSync(POSTGRES_FOLDER) : []
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(POSTGRES_FOLDER, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')))
}
