// `npm run lock`: adds to package-lock.json the binaries of other platforms that npm left out.
// A registry mirror that serves one platform only makes npm write a lock file that `npm ci` refuses,
// and that would leave other platforms without their binaries. Platforms are read from the names.
import { readFileSync, writeFileSync } from 'node:fs'

const path = new URL('../../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8'))
const OS = {
  darwin: 'darwin',
  linux: 'linux',
  windows: 'win32',
  win32: 'win32',
  android: 'android',
}
const CPU = { arm64: 'arm64', x64: 'x64', 64: 'x64' }

const added = []
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`]) continue
    const words = name.split('/').pop().split('-')
    const os = OS[words.find((word) => word in OS)]
    const cpu = CPU[words.find((word) => word in CPU)]
    if (!os || !cpu) continue
    lock.packages[`node_modules/${name}`] = { version, cpu: [cpu], optional: true, os: [os] }
    added.push(name)
  }
}
const packages = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1))
writeFileSync(
  path,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`,
)
console.log(`added ${added.length}: ${added.join(', ')}`)
