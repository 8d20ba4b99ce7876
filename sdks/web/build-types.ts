import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const OPTIONS = [
  ...['--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--strict', '--skipLibCheck'],
  ...['--exactOptionalPropertyTypes', '--allowImportingTsExtensions', '--types', ''],
  ...['--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom,dom.iterable'],
]
// The declaration of the event contract is copied in: a published package may not name an unpublished one.
const CONTRACT = '@headwater/schemas/event'
const CONTRACT_SOURCE = join(ROOT, 'schemas/event.ts')

/** Writes the declarations that `entry` needs to `folder`, without reference to other packages. */
export function writeTypes(entry: string, folder: string): void {
  const out = mkdtempSync(join(tmpdir(), 'headwater-types-'))
  execFileSync(
    process.execPath,
    [TSC, ...OPTIONS, '--rootDir', ROOT, '--outDir', out, entry, CONTRACT_SOURCE],
    {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  mkdirSync(folder, { recursive: true })
  const source = join(out, 'sdks/web/src')
  const done = new Set<string>()
  const write = (name: string) => {
    if (done.has(name)) return
    done.add(name)
    const own = join(source, `${name}.d.ts`)
    const text = readFileSync(existsSync(own) ? own : join(out, `schemas/${name}.d.ts`), 'utf8')
      .replaceAll(`'${CONTRACT}'`, "'./event.js'")
      .replaceAll(`"${CONTRACT}"`, "'./event.js'")
      .replace(/(['"]\.\/[\w-]+)\.ts(['"])/g, '$1.js$2')
    writeFileSync(join(folder, `${name}.d.ts`), text)
    for (const [, imported = ''] of text.matchAll(/['"]\.\/([\w-]+)\.js['"]/g)) write(imported)
  }
  write('index')
  rmSync(out, { recursive: true })
}
