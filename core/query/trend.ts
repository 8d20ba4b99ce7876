export { compareText, MAX_BREAKDOWN_LENGTH, orderOf } from './lines.ts'
