import { describeAuthApi } from './app.contract.ts'
import { DATABASES } from './test-auth.ts'

for (const [name, open] of Object.entries(DATABASES)) describeAuthApi(name, open)
