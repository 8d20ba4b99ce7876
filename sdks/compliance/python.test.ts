import { describe } from 'vitest'
import { whyNoPython } from '../python/test/interpreter.ts'
import { judge } from './judge.ts'
import { PYTHON } from './sdks.ts'

const missing = whyNoPython()

describe.skipIf(missing)(missing || 'with python3', () => judge(PYTHON))
