/** Small and fast, so that tests see every limit and every timer. */
export const TEST_BINDINGS = {
  WRITE_KEY_SECRET: 'test-write-key-secret-of-32-characters',
  BRIDGE_SECRET: 'test-bridge-secret-of-32-characters-ok',
  BRIDGE_URL: 'http://bridge.test',
  AUTH_URL: 'http://auth.test',
  REGION: 'test',
  REGIONS: JSON.stringify({
    eu: {
      bridge_url: 'http://bridge.eu.test',
      auth_url: 'http://auth.eu.test',
      jurisdiction: 'eu',
    },
    far: { bridge_url: 'http://bridge.far.test', location_hint: 'apac' },
  }),
  BRIDGE_SECRET_EU: 'test-eu-bridge-secret-of-32-characters',
  ALLOW_NO_JURISDICTION: 'true',
  SHARDS: '4',
  SEAL_MAX_BYTES: '20000',
  SEAL_MAX_AGE_MS: '40',
  BACKLOG_MAX_BYTES: '100000',
  WATCHDOG_MS: '400',
  BACKOFF_MIN_MS: '20',
  BACKOFF_MAX_MS: '2000',
  BRIDGE_TIMEOUT_MS: '500',
  REQUEST_TIMEOUT_MS: '2500',
  REVOCATIONS_MAX_AGE_MS: '50',
}
