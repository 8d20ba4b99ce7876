import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface AcceptedCase {
  name: string
  event: unknown
  accepted: Record<string, unknown>
}
export interface DroppedCase {
  name: string
  event: unknown
  reason: string
}
export interface HostileCase {
  name: string
  text?: string
  base64?: string
  verdict: string
}

export const acceptedCases = () => read<AcceptedCase>('accepted')
export const droppedCases = () => read<DroppedCase>('dropped')
export const hostileCases = () => read<HostileCase>('hostile')

function read<Case>(folder: string): Case[] {
  const path = join(import.meta.dirname, '../fixtures', folder)
  return readdirSync(path).flatMap(
    (file) => JSON.parse(readFileSync(join(path, file), 'utf8')) as Case[],
  )
}
