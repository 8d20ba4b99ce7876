import { Admin } from '@platformatic/kafka'

const TIMEOUT_MS = 2_000

export interface KafkaDisk {
  /** The used part of the fullest disk of all brokers. Rejects when they do not say. */
  used(): Promise<number>
  close(): Promise<void>
}

/** How full the brokers' disks are, as they tell since Kafka 3.3. */
export function kafkaDisk(brokers: readonly string[]): KafkaDisk {
  const admin = new Admin({
    clientId: 'headwater',
    bootstrapBrokers: [...brokers],
    connectTimeout: TIMEOUT_MS,
    timeout: TIMEOUT_MS,
    retries: 0,
  })
  return {
    async used() {
      const described = await admin.describeLogDirs({ topics: [] })
      const folders = described.flatMap(({ results }) => results)
      const parts = folders
        .filter(({ totalBytes }) => totalBytes > 0n)
        .map(({ totalBytes, usableBytes }) => 1 - Number(usableBytes) / Number(totalBytes))
      if (parts.length === 0) throw new Error('the brokers do not say how full their disks are')
      return Math.max(...parts)
    },
    close: () => admin.close(),
  }
}
