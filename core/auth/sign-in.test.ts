import { describeSignIn } from './sign-in.contract.ts'
import { DATABASES } from './test-auth.ts'

for (const [name, open] of Object.entries(DATABASES)) describeSignIn(name, open)
