import { formatNumber } from '../../lib/format.ts'
import { usePageQuestion } from '../../lib/page-question.ts'
import { type PathsQuestion, pathsQuery, readPaths, writePaths } from '../../lib/paths.ts'
import { useInsight } from '../../lib/questions.ts'
import { Answer, Card } from '../card.tsx'
import { QuestionPage } from '../question-page.tsx'
import { SaveInsight } from '../saved/save-insight.tsx'
import { PathsEditor } from './paths-editor.tsx'
import { PathsFlow } from './paths-flow.tsx'
import { LinkTable, NodeTable, pathsEmptyWords } from './paths-tables.tsx'

export function PathsPage() {
  const page = usePageQuestion(readPaths, writePaths)
  const query = page.question && pathsQuery(page.question)
  const answer = useInsight<'paths'>(page.site, query, page.paused)
  const nodes = [...new Set(answer.data?.nodes.map(({ name }) => name) ?? [])]
  return (
    <QuestionPage
      title="Paths"
      page={page}
      answer={answer}
      controls={(question) => <PathsEditor question={question} nodes={nodes} onChange={page.ask} />}
    >
      {(question, site) => (
        <>
          <Card
            title="Which way they go"
            actions={
              <SaveInsight site={site} query={pathsQuery(question)} name={nameOf(question)} />
            }
          >
            <Answer live={answer} emptyWords={pathsEmptyWords}>
              {(result) => (
                <>
                  <PathsFlow result={result} />
                  <p className="hint">
                    {formatNumber(result.paths)} {result.paths === 1 ? 'path' : 'paths'}, drawn by
                    the {formatNumber(result.edges.length)} ways that most of them take. Answered in{' '}
                    {Math.round(result.duration_ms)} ms.
                  </p>
                </>
              )}
            </Answer>
          </Card>
          {query && (
            <div className="grid-two flow-tables">
              <Card title="Ways">
                <Answer live={answer} emptyWords={pathsEmptyWords}>
                  {(result) => <LinkTable result={result} asked={{ site, query }} />}
                </Answer>
              </Card>
              <Card title="Nodes, and where paths end">
                <Answer live={answer} emptyWords={pathsEmptyWords}>
                  {(result) => <NodeTable result={result} asked={{ site, query }} />}
                </Answer>
              </Card>
            </div>
          )}
        </>
      )}
    </QuestionPage>
  )
}

function nameOf({ start, end, through }: PathsQuestion): string {
  const places = [start && `from ${start}`, through && `by ${through}`, end && `to ${end}`]
  return ['Paths', ...places.filter(Boolean)].join(' ').slice(0, 200)
}
