import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const OPTIONS = [
  ...['--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--strict', '--skipLibCheck'],
  ...['--exactOptionalPropertyTypes', '--allowImportingTsExtensions', '--types', ''],
  ...['--module', 'nodenext', '--target', 'es2024', '--lib', 'es2024,dom,dom.iterable'],
]
// The declaration of the event contract is copied in: a published package may not name an unpublished one.
const CONTRACT = /^@headwater\/schemas\/([\w-]+)$/
const IMPORTED = /(['"])(\.\.?\/[^'"]+\.ts|@headwater\/schemas\/[\w-]+)\1/g

/**
 * Writes the declarations that the module `entry` of an SDK needs to `folder`, side by side and without
 * reference to other packages. Throws when two of them have the same name.
 */
export function writeTypes(entry: string, folder: string): void {
  const out = mkdtempSync(join(tmpdir(), 'headwater-types-'))
  const contract = join(ROOT, 'schemas/event.ts')
  execFileSync(
    process.execPath,
    [TSC, ...OPTIONS, '--rootDir', ROOT, '--outDir', out, entry, contract],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  mkdirSync(folder, { recursive: true })
  const written = new Map<string, string>()
  const write = (module: string): string => {
    const name = basename(module, '.ts')
    const before = written.get(name)
    if (before !== undefined && before !== module) {
      throw new Error(`two modules of one name: ${before} and ${module}`)
    }
    if (before !== undefined) return name
    written.set(name, module)
    const text = readFileSync(join(out, module.replace(/\.ts$/, '.d.ts')), 'utf8')
    const flat = text.replace(IMPORTED, (_all, quote: string, imported: string) => {
      const [, contractName] = CONTRACT.exec(imported) ?? []
      const path = contractName ? `schemas/${contractName}.ts` : join(dirname(module), imported)
      return `${quote}./${write(path)}.js${quote}`
    })
    writeFileSync(join(folder, `${name}.d.ts`), flat)
    return name
  }
  write(resolve(entry).slice(ROOT.length + 1))
  rmSync(out, { recursive: true })
}
