// A page that uses an older posthog-js, which sends arrays of events with offsets instead of times.
import posthog from 'posthog-js-array'

Object.assign(window, { client: posthog })
