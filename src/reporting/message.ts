// The one renderer of findings and failures: the same facts as a line, a block of text, or parts
// for another format.
import {
  nameOf,
  fails,
  type DrillResult,
  type InvariantInfo,
  type Judgement,
  type Run,
  type Verdict,
} from '#src/model/index.ts'
import { recoveryTime, formatSpan } from './recovery.ts'
import { missText, missTexts, outcomeText, reasonOf, uncertaintyText } from './sentences.ts'
import { statusOf, type Status } from './status.ts'
import { clean, count, oneLine, padEnd, wrap } from './text.ts'

export type Tone = 'good' | 'bad' | 'unknown' | 'waived' | 'quiet' | 'strong'
/** Gives text the look of a tone; the identity where there are no colours. */
export type Paint = (tone: Tone, text: string) => string
export const plain: Paint = (_, text) => text

export interface Sign {
  readonly symbol: string
  readonly word: string
  readonly tone: Tone
}

/** How each verdict and each end of a drill is shown, everywhere. */
export const signs: Readonly<Record<Verdict['kind'] | Status, Sign>> = {
  holds: { symbol: '✓', word: 'holds', tone: 'good' },
  violated: { symbol: '×', word: 'violated', tone: 'bad' },
  unknown: { symbol: '?', word: 'unknown', tone: 'unknown' },
  waived: { symbol: 'w', word: 'waived', tone: 'waived' },
  'not-applicable': { symbol: '–', word: 'not applicable', tone: 'quiet' },
  passed: { symbol: '✓', word: 'passed', tone: 'good' },
  failed: { symbol: '×', word: 'failed', tone: 'bad' },
  refused: { symbol: '–', word: 'refused', tone: 'unknown' },
  aborted: { symbol: '?', word: 'aborted', tone: 'unknown' },
}

export interface Fact {
  readonly label: string
  readonly text: string
}

/** A verdict or a drill for people: what should hold, about what, its state and the facts. */
export interface Message {
  readonly sign: Sign
  /** What it is about: `taints-are-tolerated · node a`, or a drill's name. */
  readonly about: string
  /** The sentence that should be true, where it is known. */
  readonly description: string | undefined
  readonly clauses: readonly string[]
  /** The state in half a line. */
  readonly gist: string
  readonly facts: readonly Fact[]
}

/** `1 day left`, `the last day is today`. */
export const daysLeftText = (days: number): string =>
  days <= 1 ? 'its last day' : `${days} days left`

const fact = (label: string, text: string): Fact => ({ label, text })

function factsOf(verdict: Verdict): { gist: string; facts: readonly Fact[] } {
  switch (verdict.kind) {
    case 'holds':
      return { gist: 'holds', facts: [] }
    case 'unknown':
      return {
        gist: `unknown: ${reasonOf({ verdict })}`,
        facts: [fact('unknown', reasonOf({ verdict }))],
      }
    case 'not-applicable':
      return {
        gist: `not applicable: ${reasonOf({ verdict })}`,
        facts: [fact('reason', reasonOf({ verdict }))],
      }
    case 'violated':
      return {
        gist: `${verdict.findings[0]?.seen ?? 'violated'}${verdict.findings.length > 1 ? ` (and ${count(verdict.findings.length - 1, 'more finding')})` : ''}`,
        facts: verdict.findings.flatMap(({ code, seen, expected, remedy }) => [
          fact('finding', code),
          fact('seen', seen),
          fact('expected', expected),
          fact('remedy', remedy),
        ]),
      }
    case 'waived':
      return {
        gist: `waived by ${verdict.waiver.owner}, ${daysLeftText(verdict.daysLeft)}: ${verdict.waiver.reason}`,
        facts: [
          fact(
            'waived',
            `${verdict.findings.map(({ code }) => code).join(', ')}, by ${verdict.waiver.owner}`,
          ),
          fact('until', `${verdict.waiver.until}, ${daysLeftText(verdict.daysLeft)}`),
          fact('reason', verdict.waiver.reason),
        ],
      }
  }
}

/**
 * A judgement as a message. With its invariant's description it states what should hold, and why it
 * matters.
 */
export function messageOfJudgement(judgement: Judgement, info?: InvariantInfo): Message {
  const { clauses, verdict } = judgement
  const { gist, facts } = factsOf(verdict)
  const bad = fails(judgement)
  return {
    sign: signs[verdict.kind],
    about: nameOf(judgement),
    description: info?.title,
    clauses,
    gist,
    facts: [
      ...facts,
      ...(bad && info !== undefined && info.reason !== '' ? [fact('why', info.reason)] : []),
      ...(bad ? (info?.stories ?? []).map(story => fact('incident', story)) : []),
      ...(bad ? [fact('more', `holdfast explain ${judgement.invariant}`)] : []),
    ],
  }
}

/** The command that runs a drill again with the same history. */
export const replay = (drill: string, { target, seed }: Pick<Run, 'target' | 'seed'>): string =>
  `holdfast drill ${drill} --target ${target.kind}${target.kind === 'lab' ? ` --seed ${seed}` : ''}`

/** A drill's result as a message. With its run, it names the command that replays it. */
export function messageOfDrill(drill: DrillResult, run?: Pick<Run, 'target' | 'seed'>): Message {
  const status = statusOf(drill)
  const time = recoveryTime(drill)
  const { recovered: budget } = drill.budgets
  const [first] = missTexts(drill)
  const [left] = drill.leftBehind
  const took =
    time === undefined
      ? undefined
      : `${formatSpan(time)}${budget === undefined ? '' : `, budget ${budget}`}`
  return {
    sign: signs[status],
    about: drill.drill,
    description: drill.title,
    clauses: drill.clauses,
    gist:
      left !== undefined
        ? `not undone: ${left.description}`
        : status === 'passed' || first === undefined
          ? `${outcomeText(drill.outcome)}${took === undefined ? '' : ` in ${took}`}`
          : first,
    facts: [
      fact('outcome', outcomeText(drill.outcome)),
      ...(took === undefined ? [] : [fact('recovered', took)]),
      ...drill.misses
        .filter(({ kind }) => kind !== 'outcome')
        .map(miss => fact('missed', missText(miss, drill.outcome))),
      ...drill.unknown.map(about => fact('unknown', uncertaintyText(about))),
      ...drill.leftBehind.flatMap(({ description, manualUndo }) => [
        fact('left', description),
        fact('by hand', manualUndo),
      ]),
      ...(run === undefined || status === 'passed'
        ? []
        : [fact('replay', replay(drill.drill, run))]),
    ],
  }
}

/** `× taints-are-tolerated · node a: the taint … is not tolerated`. */
export const line = ({ sign, about, gist }: Message): string =>
  `${sign.symbol} ${oneLine(about)}: ${oneLine(gist)}`

/** `recovered`: facts of messages that follow each other line up. */
const widestLabel = 9

/** Facts in two columns, wrapped to `width`, without a trailing newline. */
export function factLines(
  facts: readonly Fact[],
  { indent, width, paint = plain }: { indent: number; width: number; paint?: Paint },
): readonly string[] {
  const column = Math.max(widestLabel, ...facts.map(({ label }) => label.length)) + 2
  const margin = ' '.repeat(indent)
  return facts.flatMap(({ label, text }) =>
    wrap(text, Math.max(20, width - indent - column)).map(
      (part, index) =>
        `${margin}${index === 0 ? paint('quiet', padEnd(label, column)) : ' '.repeat(column)}${part}`,
    ),
  )
}

/** All of it, for a failing test or a terminal. `width` in characters, default 110. */
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

/** A verdict or a drill's end as the block that a failing test shows. */
export const explain = (result: Judgement | DrillResult, info?: InvariantInfo): string =>
  block('drill' in result ? messageOfDrill(result) : messageOfJudgement(result, info))
