import { judge } from './judge.ts'
import { PYTHON } from './sdks.ts'

judge(PYTHON)
