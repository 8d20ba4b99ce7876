// `node sdks/web/measure-sizes.ts` measures what a page loads, here and of others, and writes it into README.md.
// The others come as their makers published them to npm, by `npm pack`.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { minify } from 'terser'

const HERE = import.meta.dirname
export const README = join(HERE, 'README.md')
const START = '<!-- The table is written by measure-sizes.ts. -->'
const END = '<!-- End of the table. -->'

/** A script of another tracker: a package at npm, and the file in it that a page loads. */
interface Tracker {
  name: string
  package: string
  file: string
  /** Published unminified: minified here, as its makers' build or its user's bundler does. */
  isSource?: boolean
}

const TRACKERS: readonly Tracker[] = [
  {
    ...{ name: 'Plausible', package: '@plausible-analytics/tracker@0.4.6', file: 'plausible.js' },
    isSource: true,
  },
  { name: 'Umami', package: 'umami@2.10.0', file: 'src/tracker/index.js', isSource: true },
  { name: 'OpenPanel', package: '@openpanel/web@1.4.1', file: 'dist/src/tracker.global.js' },
  {
    ...{ name: 'Mixpanel', package: 'mixpanel-browser@2.83.0' },
    file: 'dist/mixpanel.min.js',
  },
  {
    ...{ name: 'Segment', package: '@segment/analytics-next@1.84.3' },
    file: 'dist/umd/standalone.js',
  },
  { name: 'PostHog', package: 'posthog-js@1.449.2', file: 'dist/array.js' },
]

/** Our own rows, as the build is now. */
export function ownRows(): string[] {
  const row = (name: string, file: string) => {
    const script = readFileSync(join(HERE, 'dist', file))
    return rowOf(name, `\`${file}\``, script)
  }
  return [
    row('**Headwater**', 'analytics.js'),
    row('with autocapture, also', 'analytics/autocapture.js'),
    row('with web vitals, also', 'analytics/web-vitals.js'),
    row('with overflow, also', 'analytics/overflow.js'),
  ]
}

function rowOf(name: string, file: string, script: Buffer): string {
  const gzipBytes = gzipSync(script, { level: 9 }).length
  const [bytes, packed] = [script.length, gzipBytes].map((n) => n.toLocaleString('en-US'))
  return `| ${name} | ${file} | ${bytes} | ${packed} |`
}

async function measure({ name, package: spec, file, isSource }: Tracker): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'headwater-sizes-'))
  try {
    const pack = ['pack', '--silent', spec]
    const tarball = execFileSync('npm', pack, { cwd: work, encoding: 'utf8' }).trim()
    execFileSync('tar', ['xzf', tarball], { cwd: work })
    const published = readFileSync(join(work, 'package', file), 'utf8')
    const { code = '' } = isSource ? await minify(published, { module: true }) : { code: published }
    const note = isSource ? ', minified' : ''
    return rowOf(name, `\`${file}\` of \`${spec}\`${note}`, Buffer.from(code))
  } finally {
    rmSync(work, { recursive: true })
  }
}

if (import.meta.main) {
  const others: string[] = []
  for (const tracker of TRACKERS) others.push(await measure(tracker))
  const table = ['| | file | bytes | gzip -9 |', '|---|---|--:|--:|', ...ownRows(), ...others].join(
    '\n',
  )
  const text = readFileSync(README, 'utf8')
  const [before = '', after = ''] = [text.split(START)[0], text.split(END)[1]]
  writeFileSync(README, `${before}${START}\n\n${table}\n\n${END}${after}`)
  console.log(table)
}
