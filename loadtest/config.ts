/** What the stress tests are told by the environment. */
export function stressConfig(env: Record<string, string | undefined> = process.env) {
  return {
    captureUrl: env.CAPTURE_URL || 'http://127.0.0.1:8000',
    queryUrl: env.QUERY_URL || 'http://127.0.0.1:8001',
    /** Empty where the query API wants none: a read key, or the token of a session. */
    queryCredential: env.QUERY_CREDENTIAL || '',
    /** Empty: made from the secrets in the data folder. */
    writeKey: env.WRITE_KEY || '',
    dataDir: env.DATA_DIR || '.data',
    /** Empty: k6 is looked for. */
    k6: env.K6 || '',
    path: env.PATH || '',
  }
}
