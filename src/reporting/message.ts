// A verdict or a drill as a message for people: the same facts for all formats.
import {
  fails,
  nameOf,
  type DrillResult,
  type Finding,
  type InvariantInfo,
  type Judgement,
  type Run,
  type Verdict,
} from '#src/model/index.ts'
import { signs, type Sign } from './message/signs.ts'
import { formatSpan, recoveryTime } from './recovery.ts'
import { missText, missTexts, outcomeText, reasonOf, uncertaintyText } from './sentences.ts'
import { statusOf, type Status } from './status.ts'
import { count } from './text.ts'

export interface Fact {
  readonly label: string
  readonly text: string
}

export interface Message {
  readonly sign: Sign
  /** The judgement, as in `taints-are-tolerated · node a`, or the name of the drill. */
  readonly about: string
  /** The sentence that should hold, if known. */
  readonly description: string | undefined
  readonly clauses: readonly string[]
  /** The state in half a line. */
  readonly gist: string
  readonly facts: readonly Fact[]
}

/** The state of a verdict or of a drill, before its subject is named. */
type State = Pick<Message, 'gist' | 'facts'>

const fact = (label: string, text: string): Fact => ({ label, text })

/** `9 days left`, `its last day`. */
export const daysLeftText = (days: number): string =>
  days <= 1 ? 'its last day' : `${days} days left`

function stateOfFindings(findings: readonly Finding[]): State {
  const seen = findings[0]?.seen ?? 'violated'
  const more = findings.length - 1
  return {
    gist: more > 0 ? `${seen} (and ${count(more, 'more finding')})` : seen,
    facts: findings.flatMap(({ code, seen, expected, remedy }) => [
      fact('finding', code),
      fact('seen', seen),
      fact('expected', expected),
      fact('remedy', remedy),
    ]),
  }
}

function stateOfWaiver({ waiver, findings, daysLeft }: Verdict & { kind: 'waived' }): State {
  const { owner, until, reason } = waiver
  const left = daysLeftText(daysLeft)
  return {
    gist: `waived by ${owner}, ${left}: ${reason}`,
    facts: [
      fact('waived', `${findings.map(({ code }) => code).join(', ')}, by ${owner}`),
      fact('until', `${until}, ${left}`),
      fact('reason', reason),
    ],
  }
}

function stateOfVerdict(verdict: Verdict): State {
  const reason = reasonOf({ verdict })
  switch (verdict.kind) {
    case 'holds':
      return { gist: 'holds', facts: [] }
    case 'unknown':
      return { gist: `unknown: ${reason}`, facts: [fact('unknown', reason)] }
    case 'not-applicable':
      return { gist: `not applicable: ${reason}`, facts: [fact('reason', reason)] }
    case 'violated':
      return stateOfFindings(verdict.findings)
    case 'waived':
      return stateOfWaiver(verdict)
  }
}

/** Why a failed verdict matters: the reason of its invariant, incidents, and where to read more. */
function backgroundOf(judgement: Judgement, info: InvariantInfo | undefined): readonly Fact[] {
  const reason = info?.reason ?? ''
  return [
    ...(reason === '' ? [] : [fact('why', reason)]),
    ...(info?.stories ?? []).map(story => fact('incident', story)),
    fact('more', `holdfast explain ${judgement.invariant}`),
  ]
}

/**
 * A judgement as a message. With the description of its invariant the message states what should
 * hold and why.
 */
export function messageOfJudgement(judgement: Judgement, info?: InvariantInfo): Message {
  const { clauses, verdict } = judgement
  const { gist, facts } = stateOfVerdict(verdict)
  return {
    sign: signs[verdict.kind],
    about: nameOf(judgement),
    description: info?.title,
    clauses,
    gist,
    facts: fails(judgement) ? [...facts, ...backgroundOf(judgement, info)] : facts,
  }
}

/** The command that runs a drill again with the same history. */
export function replay(drill: string, run: Pick<Run, 'target' | 'seed' | 'replay'>): string {
  const { target, seed } = run
  const usual = target.kind === 'lab' ? ['--seed', String(seed)] : []
  const flags = run.replay ?? ['--target', target.kind, ...usual]
  return ['holdfast', 'drill', drill, ...flags].join(' ')
}

/** `41.3 s ±3.1 s, budget 120 s`; undefined for a drill that did not recover. */
function recoveredText(drill: DrillResult): string | undefined {
  const time = recoveryTime(drill)
  if (time === undefined) return undefined
  const budget = drill.budgets.recovered
  return `${formatSpan(time)}${budget === undefined ? '' : `, budget ${budget}`}`
}

/** What a drill left behind comes first, then what it missed, then its outcome. */
function gistOfDrill(drill: DrillResult, status: Status): string {
  const [left] = drill.leftBehind
  if (left !== undefined) return `not undone: ${left.description}`
  const [miss] = missTexts(drill)
  if (status !== 'passed' && miss !== undefined) return miss
  const took = recoveredText(drill)
  return `${outcomeText(drill.outcome)}${took === undefined ? '' : ` in ${took}`}`
}

function factsOfDrill({ outcome, misses, unknown, leftBehind }: DrillResult): readonly Fact[] {
  return [
    ...misses
      .filter(({ kind }) => kind !== 'outcome')
      .map(miss => fact('missed', missText(miss, outcome))),
    ...unknown.map(about => fact('unknown', uncertaintyText(about))),
    ...leftBehind.flatMap(({ description, manualUndo }) => [
      fact('left', description),
      fact('by hand', manualUndo),
    ]),
  ]
}

/** A drill as a message. With its run, the message of a failed drill names the replay command. */
export function messageOfDrill(
  drill: DrillResult,
  run?: Pick<Run, 'target' | 'seed' | 'replay'>,
): Message {
  const status = statusOf(drill)
  const took = recoveredText(drill)
  const again = run === undefined || status === 'passed' ? undefined : replay(drill.drill, run)
  return {
    sign: signs[status],
    about: drill.drill,
    description: drill.title,
    clauses: drill.clauses,
    gist: gistOfDrill(drill, status),
    facts: [
      fact('outcome', outcomeText(drill.outcome)),
      ...(took === undefined ? [] : [fact('recovered', took)]),
      ...factsOfDrill(drill),
      ...(again === undefined ? [] : [fact('replay', again)]),
    ],
  }
}
