// Runs a script of this repository on any Node from 18 up: installs what is missing, then goes on
// under the Node 24 that the npm package `node` brings. Usage: node boot.mjs SCRIPT [ARG …]
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const modules = join(root, 'node_modules')
const stamp = join(modules, '.installed-lock')

const [script, ...args] = process.argv.slice(2)
if (!script) {
  console.error('usage: node infra/local/boot.mjs SCRIPT [ARG …]')
  process.exit(2)
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')
if (!isInstalled()) await install()
await run(findNode(), [join(root, script), ...args])

function isInstalled() {
  try {
    return readFileSync(stamp, 'utf8') === lock
  } catch {
    return false
  }
}

// `npm ci`, with one line that shows it is alive; its own output is shown only when it fails.
async function install() {
  const started = Date.now()
  const npm = process.env.npm_execpath
  const command = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  const child = spawn(
    command[0],
    [...command.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const progress = setInterval(() => showProgress(started), process.stdout.isTTY ? 250 : 10_000)
  showProgress(started)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  clearInterval(progress)
  if (code !== 0) {
    console.error(`\n${output}\nnpm ci failed with exit code ${code}`)
    process.exit(1)
  }
  writeFileSync(stamp, lock)
  const seconds = ((Date.now() - started) / 1000).toFixed(0)
  console.log(`${clear()}Installed ${countPackages()} packages in ${seconds} s.`)
}

function showProgress(started) {
  const seconds = ((Date.now() - started) / 1000).toFixed(0)
  const line = `Installing dependencies … ${seconds} s, ${countPackages()} packages`
  if (process.stdout.isTTY) process.stdout.write(`${clear()}${line}`)
  else console.log(line)
}

function clear() {
  return process.stdout.isTTY ? '\r\u001b[K' : ''
}

function countPackages() {
  return existsSync(modules)
    ? readdirSync(modules).filter((name) => !name.startsWith('.')).length
    : 0
}

function findNode() {
  const bundled = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(bundled)) return bundled
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  console.error(
    'The npm package "node" has no binary here (were install scripts disabled?).\n' +
      'Run `npm rebuild node`, or start with Node 24 or newer.',
  )
  process.exit(1)
}

// The child is told of our own death by the closed IPC channel: nothing else survives a kill -9.
async function run(node, argv) {
  const path = `${join(modules, '.bin')}:${dirname(node)}:${process.env.PATH ?? ''}`
  const child = spawn(node, argv, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: path },
  })
  // Ctrl-C reaches the child by itself, through the terminal; we only wait for it.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (...result) => resolve(result))
  })
  process.exit(code ?? (signal === 'SIGINT' ? 130 : 1))
}
