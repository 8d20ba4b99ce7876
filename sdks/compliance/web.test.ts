import { judge } from './judge.ts'
import { WEB } from './sdks.ts'

judge(WEB)
