// `npm run help`: every script of package.json in one line. infra/local/docs.test.ts holds it complete.

/** By script, in the order in which a newcomer needs them. */
export const HELP: Record<string, string> = {
  start: 'All of Headwater on this machine, in a few processes, until Ctrl-C',
  seed: 'A month of believable history, through the capture API',
  import: 'Exports of PostHog, Plausible, Umami, Mixpanel, Amplitude, GA4, or any CSV [-- --help]',
  'pack-sdks': 'The npm packages of the SDKs, for your applications to install',
  test: 'Every suite; some of them: npm test -- edge core',
  check: 'Format, lint, types, documents in step, deploy dry run',
  format: 'Formats and fixes what can be fixed',
  'infra-up': 'The distributed system in containers [-- --cluster --monitoring --infra]',
  'infra-down': 'Stops the containers [-- --cluster --volumes]; --volumes deletes their data',
  'infra-local':
    'Kafka, ClickHouse, PostgreSQL and Redis as processes, without Docker, until Ctrl-C',
  'init-ch': 'Migrates ClickHouse [-- --env FILE]',
  'run-all': 'Our services, one process each, beside a running infrastructure [-- --env FILE]',
  'kafka-partitions': 'Another number of partitions, through a new topic [-- --check]',
  'rewind-consumers': 'After a restored ClickHouse: fills it again from the log',
  'dashboard-dev': 'The site with live reload, on a running query API (QUERY_URL)',
  'dead-letters': 'What the store refused: list, show ID, replay ID … [-- COMMAND]',
  'test:e2e': 'The whole stack in a real browser',
  'test:services':
    'The distributed adapters on real services, and the drills (kills, outages, full disks)',
  'drills:full': 'The drills at full length: outages of 5 minutes, a retry after an hour',
  'test:faults': 'kill -9 under load, compared event by event',
  'stress-capture': 'A k6 load on capture of this machine, checked event by event [-- --spike]',
  'stress-query': 'A k6 load of questions on this machine',
  'bench:edge': 'Durable acknowledgements per second, beside their floors',
  'bench:log': 'Records per second through both Kafka clients, beside each other',
  'bench:query': 'Every insight over HTTP beside the SQL that one would write by hand',
  'bench:pipeline': 'Events per second from capture to queryable [-- --services]',
  lock: 'Writes package-lock.json anew, complete for every platform',
  help: 'This list',
}

if (import.meta.main) {
  const commands = Object.keys(HELP).map((name) =>
    /^(start|test)$/.test(name) ? `npm ${name}` : `npm run ${name}`,
  )
  const width = Math.max(...commands.map((command) => command.length))
  for (const [i, line] of Object.values(HELP).entries()) {
    console.log(`  ${commands[i]?.padEnd(width)}  ${line}`)
  }
}
