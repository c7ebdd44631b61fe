// The head of the page: the verdict of the run, the run in one sentence, its proof, and its counts.
import { formatDuration, type Run, type Verdict } from '#src/model/index.ts'
import { drillCounts, exitMeaning, headline, proofOf } from '#src/reporting/headline.ts'
import { signs } from '#src/reporting/message/signs.ts'
import { statusOf } from '#src/reporting/status.ts'
import { capitalized, count } from '#src/reporting/text.ts'
import { instant, machineTime } from '#src/reporting/time.ts'
import { countKinds } from '#src/reporting/verdict-counts.ts'
import { h, type Markup } from './markup.ts'
import { stamp, type Look } from './signs.ts'

const verdictOrder = ['violated', 'unknown', 'waived', 'holds', 'not-applicable'] as const
const statusOrder = ['failed', 'aborted', 'unknown', 'refused', 'passed', 'not-applicable'] as const

interface Share {
  readonly amount: number
  readonly look: Look
}

const wordOf = ({ amount, look }: Share): string =>
  look === signs.holds && amount !== 1 ? 'hold' : look.word

/** Shares of a whole as a bar, with a legend below it. */
function bar(title: string, parts: readonly Share[]): Markup {
  const shares = parts.filter(({ amount }) => amount > 0)
  return h`
    <div>
      <h2>${title}</h2>
      <div class="bar" aria-hidden="true">
        ${shares.map(
          ({ amount, look }) => h`<span class="${look.tone}" style="flex-grow:${amount}"></span>`,
        )}
      </div>
      <p class="legend">
        ${shares.map(
          share => h`
            <span class="${share.look.tone}">
              <span aria-hidden="true">${share.look.symbol}</span>${' '}
              <b>${share.amount}</b> ${wordOf(share)}
            </span>`,
        )}
      </p>
    </div>`
}

function tally({ judgements, drills }: Run): Markup | undefined {
  if (judgements.length + drills.length === 0) return undefined
  const counts = countKinds(judgements)
  const ends = drills.map(statusOf)
  const verdicts = verdictOrder.map(kind => ({ amount: counts[kind], look: signs[kind] }))
  const statuses = statusOrder.map(status => ({
    amount: ends.filter(end => end === status).length,
    look: signs[status],
  }))
  return h`
    <div class="tally">
      ${judgements.length > 0 && bar(count(judgements.length, 'verdict'), verdicts)}
      ${ends.length > 0 && bar(count(ends.length, 'drill'), statuses)}
    </div>`
}

/** How many invariants have a verdict of a kind; of any kind without one. */
const amountOf = ({ judgements }: Run, kind?: Verdict['kind']): number =>
  new Set(
    judgements
      .filter(({ verdict }) => kind === undefined || verdict.kind === kind)
      .map(({ invariant }) => invariant),
  ).size

/** `All 9 invariants hold.`, `Of 9 invariants, 2 are violated and 1 cannot be judged.` */
function verdictSentence(run: Run): string | undefined {
  const invariants = amountOf(run)
  if (invariants === 0) return undefined
  const violated = amountOf(run, 'violated')
  const unknown = amountOf(run, 'unknown')
  if (violated + unknown === 0) {
    const isPlain = run.judgements.every(({ verdict }) => verdict.kind === 'holds')
    const others = isPlain ? '' : ', are waived or do not apply'
    return `All ${count(invariants, 'invariant')} hold${others}.`
  }
  const parts = [
    violated > 0 && `${violated} ${violated === 1 ? 'is' : 'are'} violated`,
    unknown > 0 && `${unknown} cannot be judged`,
  ]
  return `Of ${count(invariants, 'invariant')}, ${parts.filter(Boolean).join(' and ')}.`
}

/** The run in a few sentences. */
function lead(run: Run): string {
  const helped = run.healings.filter(
    ({ outcome }) => outcome.kind === 'applied' && outcome.helped,
  ).length
  const drills = drillCounts(run)
  const sentences = [
    verdictSentence(run),
    drills !== undefined && `${capitalized(drills)}.`,
    helped > 0 && `${count(helped, 'fix', 'fixes')} helped.`,
  ]
  return sentences.filter(Boolean).join(' ') || 'No invariant and no drill was selected.'
}

/** The head of the page. */
export function pageHead(run: Run): Markup {
  const { tone, title } = headline(run)
  const sign = { good: signs.holds, bad: signs.violated, unknown: signs.unknown }[tone]
  return h`
    <header class="hero">
      <p class="eyebrow">
        <strong>holdfast ${run.verb}</strong>
        <span>${run.cluster}</span>
        ${stamp(machineTime(run.startedAt), instant(run.startedAt))}
        <span>took ${formatDuration(run.endedAt - run.startedAt)}</span>
        <span>seed ${run.seed}</span>
        <span>exit ${run.exitCode}: ${exitMeaning(run)}</span>
      </p>
      <h1 class="${tone}"><span class="sign" aria-hidden="true">${sign.symbol}</span>${title}</h1>
      <p class="lead">${lead(run)}</p>
      <p class="proof ${run.target.kind === 'live' ? '' : 'rehearsal'}">
        <strong>${proofOf(run)}</strong><span>${run.target.description}</span>
      </p>
      ${tally(run)}
    </header>`
}
