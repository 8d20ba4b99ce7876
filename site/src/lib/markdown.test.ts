import { expect, it } from 'vitest'
import { textBlocks } from './markdown.ts'

it('tells headings, lists and paragraphs of a text from each other', () => {
  expect(textBlocks('## The week\nAll well.\nStill.\n\n- one\n* two\nAfter <b>it</b>\n')).toEqual([
    { kind: 'heading', lines: ['The week'] },
    { kind: 'paragraph', lines: ['All well.', 'Still.'] },
    { kind: 'list', lines: ['one', 'two'] },
    { kind: 'paragraph', lines: ['After <b>it</b>'] },
  ])
})
