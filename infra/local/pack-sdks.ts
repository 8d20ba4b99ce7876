// `npm run pack-sdks`: builds the npm packages of the SDKs into dist/, for applications to install from there.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSdks } from './build.ts'
import { ROOT } from './config.ts'

const SDKS = ['sdks/web', 'sdks/node']

/** Packs every SDK that is an npm package into `folder`; returns the paths of the tarballs, in that order. */
export async function packSdks(folder: string): Promise<string[]> {
  await buildSdks()
  mkdirSync(folder, { recursive: true })
  return SDKS.map((sdk) => {
    const cwd = join(ROOT, sdk)
    const pack = ['pack', '--pack-destination', folder, '--loglevel=error']
    execFileSync('npm', pack, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
    const { name, version } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as {
      name: string
      version: string
    }
    // As npm names it: @headwater/web 0.1.0 is headwater-web-0.1.0.tgz.
    return join(folder, `${name.slice(1).replace('/', '-')}-${version}.tgz`)
  })
}

if (import.meta.main) {
  for (const path of await packSdks(join(ROOT, 'dist'))) console.log(`npm install ${path}`)
}
