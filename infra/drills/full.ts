// `npm run drills:full`: every drill on the real services at its full length: outages of 5 minutes,
// consumers coming and going for 2, a client's retry after an hour. Takes about two hours.
process.env.DRILL_SCALE = '1'
process.argv.push('drills')
await import('../local/test.ts')
