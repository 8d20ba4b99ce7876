import { describeBadInput } from './bad-input.contract.ts'
import { openPglite } from './database.ts'

describeBadInput('PGlite', () => openPglite('memory://'))
