// What stands behind a run: what was healed, which way was chosen where documents disagree, and
// what it was made with.
import { formatDuration, type Run } from '#src/model/index.ts'
import { exitMeaning } from '#src/reporting/headline.ts'
import { beforeAndNow, isPlan, outcomeOf } from '#src/reporting/healing.ts'
import { count } from '#src/reporting/text.ts'
import { instant, machineTime } from '#src/reporting/time.ts'
import { h, type Markup } from './markup.ts'
import { stamp, tag } from './signs.ts'

/** What was healed, or would be. Undefined where there was nothing. */
export function healings(run: Run): Markup | undefined {
  if (run.healings.length === 0) return undefined
  const plan = isPlan(run)
  const now = beforeAndNow(run)
  return h`<section id="healed" aria-labelledby="healed-title"><h2 id="healed-title">${plan ? 'Would heal' : 'Healed'}</h2><p class="soft">${plan ? 'A plan: nothing was changed.' : 'Least harm first; whether a fix helped is said by the invariants that called for it.'}${now !== undefined && ` ${now[0]?.toUpperCase()}${now.slice(1)}.`}</p>
    <ul class="rows">${run.healings.map(healing => {
      const { symbol, tone, description } = outcomeOf(healing)
      return h`<li><div class="drill-head"><strong>${healing.title}</strong>${tag({ symbol, tone, word: description })}</div><p class="soft small"><code>${healing.fix}</code>, harm: ${healing.harm}, because of ${healing.because.join(', ')}</p>${healing.acts.length > 0 && h`<pre>${healing.acts.join('\n')}</pre>`}</li>`
    })}</ul></section>`
}

/** Where the documents disagree. Undefined where they do not. */
export function choices({ choices: all }: Run): Markup | undefined {
  if (all.length === 0) return undefined
  return h`<section id="choices" aria-labelledby="choices-title"><h2 id="choices-title">Choices</h2><p class="soft">Where the documents disagree both sides stand, and one was chosen.</p>
    <details><summary>${count(all.length, 'choice')}</summary><ul class="rows">${all.map(
      ({ topic, options, chosen, because, source }) =>
        h`<li><h3>${topic}</h3><ul class="options">${options.map(option =>
          option === chosen
            ? h`<li class="chosen"><span aria-hidden="true">✓ </span>${option} <span class="unseen">(chosen)</span></li>`
            : h`<li class="soft"><span aria-hidden="true">○ </span>${option}</li>`,
        )}</ul><p class="small">because ${because}</p><p class="soft small">${source}</p></li>`,
    )}</ul></details></section>`
}

/** The run itself. */
export function about(run: Run): Markup {
  const rows: readonly (readonly [string, string | Markup])[] = [
    ['run', run.id],
    ['policy', run.policyDescription],
    ['target', `${run.target.kind}: ${run.target.description}`],
    ['seed', String(run.seed)],
    ['began', stamp(machineTime(run.startedAt), instant(run.startedAt))],
    ['took', formatDuration(run.endedAt - run.startedAt)],
    ['exit code', `${run.exitCode}: ${exitMeaning(run)}`],
    ...Object.entries(run.versions).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]
  return h`<section id="about" aria-labelledby="about-title"><h2 id="about-title">About this run</h2><dl class="facts">${rows.map(([name, value]) => h`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    ${run.documents.length > 0 && h`<h3 style="margin-top:1.4rem">Documents of the policy</h3><dl class="facts">${run.documents.map(({ id, title }) => h`<dt>${id}</dt><dd>${title}</dd>`)}</dl>`}</section>`
}
