// The background of a run: what was healed, what the policy chose where its documents disagree, and
// the run itself.
import { formatDuration, type Healing, type Run } from '#src/model/index.ts'
import { beforeAndNow, isPlan, outcomeOf } from '#src/reporting/healing.ts'
import { exitMeaning } from '#src/reporting/headline.ts'
import { capitalized, count } from '#src/reporting/text.ts'
import { instant, machineTime } from '#src/reporting/time.ts'
import { h, type Content, type Markup } from './markup.ts'
import { stamp, tag } from './signs.ts'

function healingItem(healing: Healing): Markup {
  const { symbol, tone, description } = outcomeOf(healing)
  const { fix, title, harm, because, acts } = healing
  return h`
    <li>
      <div class="drill-head">
        <strong>${title}</strong>${tag({ symbol, tone, word: description })}
      </div>
      <p class="soft small">
        <code>${fix}</code>, harm: ${harm}, because of ${because.join(', ')}
      </p>
      ${acts.length > 0 && h`<pre>${acts.join('\n')}</pre>`}
    </li>`
}

const orderOfFixes =
  'Fixes with the least harm come first. The invariants that called for a fix decide whether it ' +
  'helped.'

/** What was healed, or would be. Undefined for a run without healings. */
export function healings(run: Run): Markup | undefined {
  if (run.healings.length === 0) return undefined
  const plan = isPlan(run)
  const now = beforeAndNow(run)
  return h`
    <section id="healed" aria-labelledby="healed-title">
      <h2 id="healed-title">${plan ? 'Would heal' : 'Healed'}</h2>
      <p class="soft">
        ${plan ? 'A plan: nothing was changed.' : orderOfFixes}
        ${now !== undefined && ` ${capitalized(now)}.`}
      </p>
      <ul class="rows">${run.healings.map(healingItem)}</ul>
    </section>`
}

const optionItem = (option: string, isChosen: boolean): Markup =>
  isChosen
    ? h`
      <li class="chosen">
        <span aria-hidden="true">✓ </span>${option} <span class="unseen">(chosen)</span>
      </li>`
    : h`<li class="soft"><span aria-hidden="true">○ </span>${option}</li>`

const choiceItem = ({
  topic,
  options,
  chosen,
  because,
  source,
}: Run['choices'][number]): Markup => h`
  <li>
    <h3>${topic}</h3>
    <ul class="options">${options.map(option => optionItem(option, option === chosen))}</ul>
    <p class="small">because ${because}</p>
    <p class="soft small">${source}</p>
  </li>`

/** What the policy chose where its documents disagree. Undefined for a policy without choices. */
export function choices({ choices: all }: Run): Markup | undefined {
  if (all.length === 0) return undefined
  return h`
    <section id="choices" aria-labelledby="choices-title">
      <h2 id="choices-title">Choices</h2>
      <p class="soft">
        Where the documents disagree, the policy lists both sides and chooses one of them.
      </p>
      <details>
        <summary>${count(all.length, 'choice')}</summary>
        <ul class="rows">${all.map(choiceItem)}</ul>
      </details>
    </section>`
}

const factList = (rows: readonly (readonly [name: string, value: Content])[]): Markup =>
  h`<dl class="facts">${rows.map(([name, value]) => h`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`

const documentList = (documents: Run['documents']): Markup => h`
  <h3 style="margin-top:1.4rem">Documents of the policy</h3>
  ${factList(documents.map(({ id, title }) => [id, title]))}`

/** The run itself: its policy, target, seed, times and versions. */
export function about(run: Run): Markup {
  const facts = factList([
    ['run', run.id],
    ['policy', run.policyDescription],
    ['target', `${run.target.kind}: ${run.target.description}`],
    ['seed', String(run.seed)],
    ['started', stamp(machineTime(run.startedAt), instant(run.startedAt))],
    ['took', formatDuration(run.endedAt - run.startedAt)],
    ['exit code', `${run.exitCode}: ${exitMeaning(run)}`],
    ...Object.entries(run.versions).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ])
  return h`
    <section id="about" aria-labelledby="about-title">
      <h2 id="about-title">About this run</h2>
      ${facts}
      ${run.documents.length > 0 && documentList(run.documents)}
    </section>`
}
