import { describe } from 'vitest'
import { DATABASES } from '../query/saved/test-metadata.ts'
import { describeAlerts } from './alerts.contract.ts'
import { describeMessages } from './messages.contract.ts'
import { describeProcesses } from './processes.contract.ts'

for (const [name, open] of Object.entries(DATABASES)) {
  for (const describeSome of [describeAlerts, describeMessages, describeProcesses]) {
    describe(name, () => describeSome(name, open))
  }
}
