import { describeAskers } from './askers.contract.ts'
import { DATABASES } from './test-auth.ts'

for (const [name, open] of Object.entries(DATABASES)) describeAskers(name, open)
