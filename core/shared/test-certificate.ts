// For tests: a certificate that vouches for itself.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** @param names As in `DNS:example.com,IP:127.0.0.1`; `localhost` is always one. */
export function makeCertificate(days: number, names = ''): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const request = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost']
  if (names) request.push('-addext', `subjectAltName=${names}`)
  const files = ['-days', String(days), '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', ...request, ...files], { stdio: 'ignore' })
  const made = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(folder, { recursive: true })
  return made
}
