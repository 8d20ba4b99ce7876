// Builds dist/: the module, for every runtime with web standards, and its types.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { writeTypes } from '../delivery/build-types.ts'

const HERE = import.meta.dirname
const DIST = join(HERE, 'dist')
const { version } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')) as {
  version: string
}

rmSync(DIST, { recursive: true, force: true })
await build({
  bundle: true,
  // No runtime's own modules: an import of node: does not build.
  platform: 'neutral',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  define: { LIB_VERSION: JSON.stringify(version) },
  entryPoints: [join(HERE, 'src/index.ts')],
  format: 'esm',
  outfile: join(DIST, 'index.mjs'),
})
writeTypes(join(HERE, 'src/index.ts'), join(DIST, 'types'))
