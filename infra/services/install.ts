// Says what the services and the tests need that this machine does not have. With --apt, installs it
// on Debian; root only.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { describeMissing, missingTools } from './tools.ts'

const POLICY = '/usr/sbin/policy-rc.d'

if (process.argv.includes('--apt')) installMissing()
const missing = missingTools()
if (missing.length > 0) {
  console.error(describeMissing(missing))
  process.exit(1)
}
console.log('Everything that the services and the tests need is there.')

function installMissing(): void {
  const packages = missingTools().map((tool) => tool.package)
  if (packages.length === 0) return
  console.log(`Installing ${packages.join(', ')} …`)
  const bare = !existsSync(POLICY)
  // Refuses what the packages would start by themselves: system services, on the ports of ours.
  if (bare) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    apt('update')
    apt('install', '-y', '--no-install-recommends', ...packages)
  } finally {
    if (bare) rmSync(POLICY)
  }
}

function apt(...args: string[]): void {
  const { status } = spawnSync('apt-get', ['-q', ...args], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status !== 0) throw new Error(`apt-get ${args[0]} failed with exit code ${status}`)
}
