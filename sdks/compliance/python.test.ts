import { describe } from 'vitest'
import { judge } from './judge.ts'
import { isThere, PYTHON } from './sdks.ts'

const [program = ''] = PYTHON.command

describe.skipIf(!isThere(program))('with Python', () => judge(PYTHON))
