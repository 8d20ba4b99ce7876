// `node core/query/write-openapi.ts [--check]`: keeps schemas/openapi/query.json in step with the code.
import { readFileSync, writeFileSync } from 'node:fs'
import { describeQueryApi, OPENAPI_FILE } from './openapi.ts'

const text = describeQueryApi()
if (!process.argv.includes('--check')) {
  writeFileSync(OPENAPI_FILE, text)
} else if (readFileSync(OPENAPI_FILE, 'utf8') !== text) {
  console.error(
    'schemas/openapi/query.json is not what the code says: run core/query/write-openapi.ts',
  )
  process.exit(1)
}
