// `npm run bench:pipeline`: the embedded stack; with `-- --services` the distributed one.
await import(process.argv.includes('--services') ? './bench-services.ts' : './bench-embedded.ts')
