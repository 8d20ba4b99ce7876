// Builds dist/: the script for pages, the same as text for the edge Worker, the module, its types.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'
import { minify } from 'terser'
import { writeTypes } from '../delivery/build-types.ts'

const HERE = import.meta.dirname
const DIST = join(HERE, 'dist')
const { version } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')) as {
  version: string
}

const shared: BuildOptions = {
  bundle: true,
  minify: true,
  target: 'es2018',
  charset: 'utf8',
  legalComments: 'none',
  define: { LIB_VERSION: JSON.stringify(version) },
  // Strict by their modules already; the directive would only weigh.
  tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
}
// Names between our own modules, and nowhere else: not on the wire, not in storage, not in the API.
const INTERNAL_NAMES =
  /^(append|adopt|suspend|resume|nudge|handOver|startTimer|maxBatch(Events|Bytes)|releaseAll|take|nextPlace|wait_ms|report|held|json|key|send|too_big|next)$/

rmSync(join(DIST, 'types'), { recursive: true, force: true })
await build({
  ...shared,
  minify: false,
  entryPoints: [join(HERE, 'src/snippet.ts')],
  format: 'iife',
  outfile: join(DIST, 'analytics.js'),
})
await shrink(join(DIST, 'analytics.js'))
await build({
  ...shared,
  entryPoints: [join(HERE, 'src/index.ts')],
  format: 'esm',
  outfile: join(DIST, 'index.mjs'),
})
copyFileSync(join(DIST, 'analytics.js'), join(DIST, 'analytics.txt'))
writeTypes(join(HERE, 'src/index.ts'), join(DIST, 'types'))

const script = readFileSync(join(DIST, 'analytics.js'))
console.log(`analytics.js: ${script.length} bytes, ${gzipSync(script, { level: 9 }).length} gzip`)

// A tenth smaller than what esbuild makes; every page of a site loads it.
async function shrink(path: string): Promise<void> {
  const { code } = await minify(readFileSync(path, 'utf8'), {
    ecma: 2018,
    toplevel: true,
    compress: { passes: 4, unsafe_arrows: true, keep_fargs: false },
    mangle: { properties: { regex: INTERNAL_NAMES } },
  })
  writeFileSync(path, code ?? '')
}
