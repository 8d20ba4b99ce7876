import type { ClientOptions, Consent } from './options.ts'

/** What holds for this visitor. Read anew every time, since they may say something in another tab. */
export type ConsentReader = () => Consent

/**
 * What the visitor said to this site decides; else, if the site wants that, what their browser says to
 * all sites; else what the site says.
 */
export function openConsent(
  readSaid: () => string | null,
  { consent = 'granted', respectDnt }: ClientOptions,
): ConsentReader {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & {
    globalPrivacyControl?: boolean
  }
  const unsaid = respectDnt && (doNotTrack === '1' || globalPrivacyControl) ? 'denied' : consent
  return () => (readSaid() || unsaid) as Consent
}
