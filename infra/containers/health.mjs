// For a container's health check: node health.mjs URL [URL …]. Healthy when one of the addresses answers
// 2xx; of an image with several commands only one runs, and only its port answers.
const TIMEOUT_MS = 4_000

const answers = process.argv.slice(2).map(async (url) => {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
})
try {
  await Promise.any(answers)
} catch (error) {
  console.error(error.errors.map(({ message, cause }) => cause?.message ?? message).join('; '))
  process.exitCode = 1
}
