import { join } from 'node:path'
import { readLocalConfig } from '../local/config.ts'

/** By the variable that sets it; the defaults are those of the services themselves, where free. */
const PORTS = {
  KAFKA_PORT: 9092,
  CLICKHOUSE_PORT: 18123,
  CLICKHOUSE_TCP_PORT: 19000,
  POSTGRES_PORT: 5432,
  REDIS_PORT: 6379,
}

export type PortName = keyof typeof PORTS

export interface ServicesConfig {
  folder: string
  ports: Record<PortName, number>
}

/** Reads the environment. Throws with the variable's name when a port is not one. */
export function readServicesConfig(
  env: Record<string, string | undefined> = process.env,
): ServicesConfig {
  const ports = { ...PORTS }
  for (const name of Object.keys(PORTS) as PortName[]) {
    const value = Number(env[name] || PORTS[name])
    if (!Number.isInteger(value) || value < 1 || value > 65_535) {
      throw new Error(`invalid ${name}: ${env[name]} is not a port`)
    }
    ports[name] = value
  }
  return { folder: join(readLocalConfig(env).dataDir, 'services'), ports }
}
