import type { ClientOptions, Consent } from './options.ts'
import type { PageStorage } from './storage.ts'

/** What holds for this visitor. Read anew every time, since they may say something in another tab. */
export interface ConsentKeeper {
  get(): Consent
  set(consent: Consent): void
}

/**
 * What the visitor said to this site decides; else, if the site wants that, what their browser says to
 * all sites; else what the site says.
 */
export function openConsent(
  key: string,
  device: PageStorage,
  { consent = 'granted', respectDnt }: ClientOptions,
): ConsentKeeper {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & {
    globalPrivacyControl?: boolean
  }
  const unsaid = respectDnt && (doNotTrack === '1' || globalPrivacyControl) ? 'denied' : consent
  return {
    get: () => (device.get(key) || unsaid) as Consent,
    set: (said) => device.set(key, said),
  }
}
