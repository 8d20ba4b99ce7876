import { describe } from 'vitest'
import { DATABASES } from '../query/saved/test-metadata.ts'
import { describeAlerts } from './alerts.contract.ts'
import { describeMail } from './mail.contract.ts'
import { describeMessages } from './messages.contract.ts'
import { describeProcesses } from './processes.contract.ts'

for (const [name, open] of Object.entries(DATABASES)) {
  for (const describeSome of [describeAlerts, describeMessages, describeMail, describeProcesses]) {
    describe(name, () => describeSome(name, open))
  }
}
