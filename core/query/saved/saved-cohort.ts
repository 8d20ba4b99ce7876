import {
  type CohortBody,
  cohortBody,
  cohortCode,
  SavedCohort,
} from '@headwater/schemas/insights/saved-cohort'
import { ruleCondition } from '../cohort/members.ts'
import { settleRule } from '../cohort/settle.ts'
import { Statement } from '../statement.ts'
import type { Kind } from './kind.ts'

export const savedCohort: Kind<CohortBody> = {
  kind: 'cohort',
  path: '/api/cohorts',
  fields: cohortBody,
  shown: SavedCohort,
  example: {
    name: 'Who signed up this month',
    rule: {
      conditions: [{ type: 'did', event: 'signup', within: { value: 30, unit: 'day' } }],
    },
  },
  usedBy: ['insight', 'dashboard', 'settings'],

  async check({ rule }, { project, now }) {
    ruleCondition(settleRule(rule, now), new Statement(project), 'rule')
  },

  index: ({ name, description, tags }) => ({
    name,
    tags,
    search: [name, description, ...tags].join('\n'),
  }),

  code: {
    fields: cohortCode,
    to: (body) => body,
    from: (code) => code,
  },
}
