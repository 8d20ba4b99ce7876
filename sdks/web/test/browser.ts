import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

/** Arguments for a serverless sandbox: one process, and no same-origin policy, which is what we test. */
const UNWANTED =
  /^--(single-process|no-zygote|disable-web-security|disable-site-isolation-trials|allow-running-insecure-content)$/

/** Starts headless Chromium from the npm package, with CORS enforced as in a visitor's browser. */
export async function launchBrowser(): Promise<Browser> {
  chromium.setGraphicsMode = false
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args.filter((argument) => !UNWANTED.test(argument)),
    headless: true,
  })
}
