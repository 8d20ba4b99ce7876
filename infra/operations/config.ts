import { type Config, readConfig } from '../../core/shared/config.ts'
import { readDistributedConfig, withEnvFile } from '../local/distributed.ts'

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {}

/** Where Kafka and ClickHouse are, by the environment and `--env FILE`. Throws with what is wrong. */
export function readOperatorConfig(argv: readonly string[], env = process.env): Config {
  const { infrastructure } = readDistributedConfig(withEnvFile(argv, env))
  // None of our services is asked: the secrets are not needed.
  const secret = '-'.repeat(32)
  const secrets = { WRITE_KEY_SECRET: secret, BRIDGE_SECRET: secret, AUTH_SECRET: secret }
  const config = readConfig({ ...secrets, ...infrastructure })
  if (config.KAFKA_BROKERS.length === 0) throw new UsageError('KAFKA_BROKERS is not set')
  return config
}

/** Runs a command to its exit code; what is wrong is said in its own words. */
export async function runCommand(usage: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    if (error instanceof UsageError) console.error(`\n${usage}`)
    process.exitCode = error instanceof UsageError ? 2 : 1
  }
}
