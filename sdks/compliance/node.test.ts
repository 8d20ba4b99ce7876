import { judge } from './judge.ts'
import { NODE } from './sdks.ts'

judge(NODE)
