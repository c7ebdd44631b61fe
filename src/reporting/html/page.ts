// A run as one self-contained HTML file: the verdict first, then what to do, then the whole state.
import type { Run } from '#src/model/index.ts'
import { headline, proofOf } from '#src/reporting/headline.ts'
import { about, choices, healings } from './background.ts'
import { drillSection } from './drills.ts'
import { findings, leftBehind, unknowns } from './findings.ts'
import { pageHead } from './head.ts'
import { h, trusted, type Markup } from './markup.ts'
import { matrix } from './matrix.ts'
import type { Anchors } from './signs.ts'
import { style } from './style.ts'
import { verdictSection } from './verdicts.ts'
import { waivers } from './waivers.ts'

interface Section {
  readonly id: string
  readonly name: string
  readonly body: Markup
}

/** The sections of a run in order, without empty ones. */
function sectionsOf(run: Run): readonly Section[] {
  const anchors: Anchors = {
    clauses: new Set(run.coverage.map(({ clause }) => clause.id)),
    invariants: new Set(run.judgements.map(({ invariant }) => invariant)),
    drills: new Set(run.drills.map(({ drill }) => drill)),
  }
  const sections: readonly (readonly [id: string, name: string, body: Markup | undefined])[] = [
    ['left', 'Left behind', leftBehind(run)],
    ['findings', 'What to do', findings(run, anchors)],
    ['unknown', 'Unknown', unknowns(run, anchors)],
    ['drills', 'Drills', drillSection(run, anchors)],
    ['healed', 'Healed', healings(run)],
    ['clauses', 'Clauses', matrix(run, anchors)],
    ['waivers', 'Waivers', waivers(run, anchors)],
    ['verdicts', 'All verdicts', verdictSection(run, anchors)],
    ['choices', 'Choices', choices(run)],
    ['about', 'About', about(run)],
  ]
  return sections.flatMap(([id, name, body]) => (body === undefined ? [] : [{ id, name, body }]))
}

/** Keeps the page self-contained even if markup slipped in: nothing loads, no script runs. */
const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'"

const documentHead = (run: Run): Markup => h`
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="${trusted(contentPolicy)}">
    <title>
      ${headline(run).title} · ${run.cluster} · ${run.target.kind} · holdfast ${run.verb}
    </title>
    <style>${trusted(style)}</style>
  </head>`

/**
 * A run as one self-contained HTML page. Pure: the same run gives the same bytes. It contains no
 * script, and everything from the cluster is escaped.
 */
export function html(run: Run): string {
  const sections = sectionsOf(run)
  const { markup } = h`
    <html lang="en">
      ${documentHead(run)}
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        <div class="page">
          ${pageHead(run)}
          <nav aria-label="Sections">
            <ul>${sections.map(({ id, name }) => h`<li><a href="#${id}">${name}</a></li>`)}</ul>
          </nav>
          <main id="main">${sections.map(({ body }) => body)}</main>
          <footer><p>${run.id} · ${proofOf(run)}</p></footer>
        </div>
      </body>
    </html>`
  return `<!doctype html>\n${markup}\n`
}
