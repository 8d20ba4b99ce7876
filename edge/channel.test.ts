import { expect, it } from 'vitest'
import { channelOf } from './channel.ts'
import { parsePageUrl } from './url.ts'

const SHOP = 'https://shop.example/'

it.each([
  ['Direct', '', ''],
  ['Internal', '', 'shop.example'],
  ['Internal', '', 'www.shop.example'],
  ['Referral', '', 'blog.example'],
  ['Organic Search', '', 'www.google.co.uk'],
  ['Organic Search', '', 'duckduckgo.com'],
  ['Organic Search', 'utm_medium=organic', ''],
  ['Paid Search', 'gclid=abc', 'www.google.com'],
  ['Paid Search', 'utm_source=bing&utm_medium=cpc', ''],
  ['Paid Search', 'msclkid=1', ''],
  ['Organic Social', '', 'l.facebook.com'],
  ['Organic Social', '', 't.co'],
  ['Organic Social', 'fbclid=abc', ''],
  ['Paid Social', 'utm_source=facebook&utm_medium=paid_social&fbclid=abc', ''],
  ['Paid Social', 'ttclid=1', ''],
  ['Organic Video', '', 'www.youtube.com'],
  ['Paid Video', 'utm_source=youtube&utm_medium=cpv', ''],
  ['Paid Shopping', 'utm_source=amazon&utm_medium=ppc', ''],
  ['Paid Other', 'utm_source=partner&utm_medium=cpc', ''],
  ['Display', 'utm_source=google&utm_medium=display', ''],
  ['Display', 'utm_medium=cpm', ''],
  ['Email', 'utm_medium=email&utm_source=news', ''],
  ['Email', 'utm_source=newsletter', ''],
  ['Email', '', 'mail.google.com'],
  ['Affiliates', 'utm_medium=affiliate', ''],
  ['AI Assistant', '', 'chatgpt.com'],
  ['AI Assistant', 'utm_source=chatgpt.com', ''],
  ['SMS', 'utm_medium=sms', ''],
  ['Push', 'utm_medium=push', ''],
  ['Referral', 'utm_source=partner', ''],
  // Names that only contain a known one are their own sites.
  ['Referral', '', 'notgoogle.com'],
  ['Referral', '', 'google.com.evil.example'],
  ['Referral', '', 'x.company'],
])('is %s for "%s" from "%s"', (channel, search, referringDomain) => {
  const page = parsePageUrl(`${SHOP}?${search}`)
  expect(channelOf({ page, referringDomain })).toBe(channel)
})

it('is nothing for an event that is no visit', () => {
  expect(channelOf({ page: parsePageUrl(''), referringDomain: '' })).toBe('')
})

it('reads an address that is none as nothing', () => {
  for (const text of ['', 'hello', 'javascript:alert(1)', 'https://', 'x'.repeat(10_000)]) {
    expect(parsePageUrl(text)).toMatchObject({ host: '', pathname: '' })
  }
})
