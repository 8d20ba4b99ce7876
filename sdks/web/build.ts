// Builds dist/: the script for pages and its extensions, the same as text for the edge Worker, modules, types.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
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
  minifySyntax: true,
  minifyWhitespace: true,
  minifyIdentifiers: true,
  target: 'es2018',
  charset: 'utf8',
  legalComments: 'none',
  define: { LIB_VERSION: JSON.stringify(version) },
  // Strict by their modules already; the directive would only weigh.
  tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
}
// Names between our own modules, and nowhere else: not on the wire, not in storage, not in the API, and not
// used by extensions, which may come from another build.
const INTERNAL_NAMES =
  /^(suspend|resume|nudge|handOver|startTimer|maxBatch(Events|Bytes)|releaseAll|take|nextPlace|wait_ms|report|json|key|send|too_big|next)$/

/** Every page of a site loads it: what is new has to be paid for, or be an extension. */
const MAX_CORE_GZIP_BYTES = 4_096
const EXTENSIONS: Record<string, string> = {
  autocapture: "import { autocapture } from './autocapture.ts'; autocapture(client, options)",
  'web-vitals': "import { webVitals } from './web-vitals.ts'; webVitals(client)",
  overflow: "import { overflow } from './overflow.ts'; client.extend(overflow)",
}
const EXTENSIONS_SOURCE = join(HERE, 'src/extensions')

rmSync(join(DIST, 'types'), { recursive: true, force: true })
mkdirSync(join(DIST, 'analytics'), { recursive: true })
await writeScript('analytics', { entryPoints: [join(HERE, 'src/snippet.ts')] })
for (const [name, use] of Object.entries(EXTENSIONS)) {
  const contents = `import { client, options } from './attach.ts'; ${use}`
  const stdin = { contents, resolveDir: EXTENSIONS_SOURCE, loader: 'ts' as const }
  await writeScript(`analytics/${name}`, { stdin })
}
const modules = Object.keys(EXTENSIONS).map((name) => join(EXTENSIONS_SOURCE, `${name}.ts`))
for (const entry of [join(HERE, 'src/index.ts'), ...modules]) {
  const outfile = join(DIST, `${basename(entry, '.ts')}.mjs`)
  await build({ ...shared, entryPoints: [entry], format: 'esm', outfile })
  writeTypes(entry, join(DIST, 'types'))
}

/** A script for pages, the same as text for the Worker. */
async function writeScript(name: string, source: BuildOptions): Promise<void> {
  const { outputFiles } = await build({
    ...shared,
    ...source,
    minifyWhitespace: false,
    minifyIdentifiers: false,
    format: 'iife',
    write: false,
  })
  const script = await shrink(outputFiles?.[0]?.text ?? '')
  for (const extension of ['js', 'txt']) writeFileSync(join(DIST, `${name}.${extension}`), script)
  const gzipBytes = gzipSync(script, { level: 9 }).length
  if (name === 'analytics' && gzipBytes > MAX_CORE_GZIP_BYTES) {
    throw new Error(`analytics.js is ${gzipBytes} bytes gzipped, over ${MAX_CORE_GZIP_BYTES}`)
  }
  console.log(`${name}.js: ${Buffer.byteLength(script)} bytes, ${gzipBytes} gzip`)
}

// A tenth smaller than what esbuild makes; every page of a site loads it.
async function shrink(script: string): Promise<string> {
  const { code } = await minify(script, {
    ecma: 2018,
    toplevel: true,
    compress: { passes: 3, unsafe_arrows: true, inline: 1 },
    mangle: { properties: { regex: INTERNAL_NAMES } },
  })
  return code ?? ''
}
