import { describeEventLog } from '../../core/log/log.contract.ts'
import { openLog, useKafka } from './log-cluster.ts'

const kafka = useKafka()
let topics = 0

describeEventLog('platformatic', () =>
  openLog(kafka(), { client: 'platformatic', topic: `contract.${topics++}` }),
)
