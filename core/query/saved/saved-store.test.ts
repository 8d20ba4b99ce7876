import { describeSavedStore } from './saved-store.contract.ts'
import { DATABASES } from './test-metadata.ts'

for (const [name, open] of Object.entries(DATABASES)) describeSavedStore(name, open)
