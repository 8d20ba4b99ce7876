import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CONTRACT_FILE, contractModule } from '../write-contract.ts'

it('has the limits and drop reasons of the contract, as `node sdks/python/write-contract.ts` writes them', () => {
  expect(readFileSync(CONTRACT_FILE, 'utf8')).toBe(contractModule())
})
