// Writes the table of who keeps which promise into sdks/README.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTable } from './table.ts'

const path = join(import.meta.dirname, '../README.md')
writeFileSync(path, withTable(readFileSync(path, 'utf8')))
