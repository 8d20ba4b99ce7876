import type { ChildSpec } from './child.ts'
import type { LocalConfig, Secrets } from './config.ts'

// What each of our services is told when it runs as a process on this machine.

/** The address of a port as a browser writes it. */
export const browserUrl = (port: number): string => `http://localhost:${port}`
/** The same between our processes. */
export const loopbackUrl = (port: number): string => `http://127.0.0.1:${port}`

/** What every service is told. */
export function commonEnv({ host, dataDir }: LocalConfig): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    NODE_ENV: 'production',
    HOST: host,
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
  }
}

/** What every service of the core is told. */
export function coreEnv(config: LocalConfig, secrets: Secrets): Record<string, string> {
  const { ports } = config
  return {
    ...commonEnv(config),
    ...secrets,
    QUERY_PORT: String(ports.query),
    AUTH_PORT: String(ports.auth),
    BRIDGE_PORT: String(ports.bridge),
    AUTH_URL: browserUrl(ports.auth),
    SITE_ORIGINS: `${browserUrl(ports.site)},${loopbackUrl(ports.site)}`,
    // Receivers of alerts on this machine, which are refused unless they are named.
    WEBHOOK_PRIVATE_HOSTS: process.env.WEBHOOK_PRIVATE_HOSTS ?? '',
    SMTP_URL: process.env.SMTP_URL ?? '',
    MAIL_FROM: process.env.MAIL_FROM ?? '',
  }
}

/** The whole core in one process. */
export function embeddedCore(config: LocalConfig, secrets: Secrets): ChildSpec {
  // One process inserts for all partitions, one after the other: more of them are only more parts.
  const env = { ...coreEnv(config, secrets), LOG_PARTITIONS: '1' }
  return { name: 'core', command: ['core/main.ts', 'all'], env }
}

export function edge(config: LocalConfig, secrets: Secrets): ChildSpec {
  const { ports } = config
  const env = {
    ...commonEnv(config),
    WRITE_KEY_SECRET: secrets.WRITE_KEY_SECRET,
    BRIDGE_SECRET: secrets.BRIDGE_SECRET,
    EDGE_PORT: String(ports.edge),
    BRIDGE_URL: loopbackUrl(ports.bridge),
    AUTH_URL: loopbackUrl(ports.auth),
  }
  return { name: 'edge', command: ['edge/serve.ts'], env }
}

export function site(config: LocalConfig, writeKey: string): ChildSpec {
  const { ports } = config
  const env = {
    ...commonEnv(config),
    SITE_PORT: String(ports.site),
    QUERY_URL: browserUrl(ports.query),
    AUTH_URL: browserUrl(ports.auth),
    EDGE_URL: browserUrl(ports.edge),
    DEMO_URL: browserUrl(ports.demo),
    WRITE_KEY: writeKey,
  }
  return { name: 'site', command: ['site/serve.ts'], env }
}

export function demo(config: LocalConfig, writeKey: string): ChildSpec {
  const { ports } = config
  const env = {
    ...commonEnv(config),
    DEMO_PORT: String(ports.demo),
    EDGE_URL: browserUrl(ports.edge),
    SITE_URL: browserUrl(ports.site),
    WRITE_KEY: writeKey,
  }
  return { name: 'demo', command: ['sdks/demo/serve.ts'], env }
}
