// A message as text: on one line, or as a block with its facts in two columns.
import type { DrillResult, InvariantInfo, Judgement } from '#src/model/index.ts'
import {
  messageOfDrill,
  messageOfJudgement,
  type Fact,
  type Message,
} from '#src/reporting/message.ts'
import { clean, oneLine, padEnd, wrap } from '#src/reporting/text.ts'
import { plain, type Paint } from './signs.ts'

/** `× taints-are-tolerated · node a: the taint … is not tolerated`. */
export const line = ({ sign, about, gist }: Message): string =>
  `${sign.symbol} ${oneLine(about)}: ${oneLine(gist)}`

/** Of the label `recovered`. The facts of consecutive messages line up. */
const widestLabel = 9

/** Facts in two columns, wrapped to `width` columns, without a trailing newline. */
export function factLines(
  facts: readonly Fact[],
  { indent, width, paint = plain }: { indent: number; width: number; paint?: Paint },
): readonly string[] {
  const column = Math.max(widestLabel, ...facts.map(({ label }) => label.length)) + 2
  const margin = ' '.repeat(indent)
  return facts.flatMap(({ label, text }) =>
    wrap(text, Math.max(20, width - indent - column)).map((part, index) => {
      const lead = index === 0 ? paint('quiet', padEnd(label, column)) : ' '.repeat(column)
      return `${margin}${lead}${part}`
    }),
  )
}

/** The whole message, for a failing test or a terminal. `width` in columns, 110 by default. */
export function block(
  message: Message,
  { width = 110, paint = plain }: { width?: number; paint?: Paint } = {},
): string {
  const { sign, about, description, clauses, facts } = message
  const head = description === undefined ? oneLine(about) : clean(description)
  const names = [
    ...(description === undefined ? [] : [oneLine(about)]),
    ...(clauses.length === 0 ? [] : [clauses.join(', ')]),
  ].join(' · ')
  return [
    ...wrap(head, width - 2).map((part, index) =>
      index === 0 ? `${paint(sign.tone, sign.symbol)} ${paint('strong', part)}` : `  ${part}`,
    ),
    ...(names === '' ? [] : wrap(names, width - 4).map(part => `    ${paint('quiet', part)}`)),
    ...factLines(facts, { indent: 4, width, paint }),
  ].join('\n')
}

/** A verdict or a drill as the block that a failing test shows. */
export const explain = (result: Judgement | DrillResult, info?: InvariantInfo): string =>
  block('drill' in result ? messageOfDrill(result) : messageOfJudgement(result, info))
