// The look of the report: paper and ink, light and dark, for a desk, a telephone and a printer.

/**
 * Colours by meaning. Each text colour has at least 4.5:1 on both of its backgrounds. @source WCAG
 * 2.2, 1.4.3
 */
const light = `
  --paper: #fbfaf7; --panel: #ffffff; --ink: #1c2127; --soft: #565e68; --rule: #e3e0d8; --code: #f1efe9;
  --good: #17703a; --good-wash: #e3f2e7; --bad: #ab2117; --bad-wash: #fbe7e3; --unknown: #835300; --unknown-wash: #faefd3;
  --waived: #5442a8; --waived-wash: #ece9f9; --quiet: #5c646e; --quiet-wash: #eeece6;`
const dark = `
  --paper: #11151a; --panel: #181d24; --ink: #e7e9ec; --soft: #a3adb8; --rule: #2d353f; --code: #212832;
  --good: #63d18f; --good-wash: #17311f; --bad: #ff9184; --bad-wash: #3d1c19; --unknown: #ecbb55; --unknown-wash: #362a10;
  --waived: #b9aeff; --waived-wash: #28234a; --quiet: #a3adb8; --quiet-wash: #232a33;`

const base = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1, h2, h3, h4 { line-height: 1.2; text-wrap: balance; margin: 0; }
h2 { font-size: 1.5rem; letter-spacing: -.012em; margin-bottom: .35rem; }
h3 { font-size: 1.06rem; }
p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .18em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid currentColor; outline-offset: 3px; border-radius: 3px; }
code, kbd, pre { font: .86em/1.5 ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .unknown { color: var(--unknown); } .waived { color: var(--waived); } .quiet { color: var(--quiet); }
.tag { display: inline-flex; gap: .35em; align-items: baseline; border-radius: .85em; padding: .1em .65em; font-size: .8125rem; font-weight: 600; }
.tag.good { background: var(--good-wash); } .tag.bad { background: var(--bad-wash); } .tag.unknown { background: var(--unknown-wash); } .tag.waived { background: var(--waived-wash); } .tag.quiet { background: var(--quiet-wash); }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--panel); padding: .5rem 1rem; z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
summary { cursor: pointer; color: var(--soft); font-size: .875rem; width: fit-content; }
summary:hover { color: var(--ink); }
details[open] > summary { margin-bottom: .5rem; }
`

const head = `
.page { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem 4rem; }
.hero { padding: 2.6rem 0 2.2rem; }
.eyebrow { display: flex; flex-wrap: wrap; gap: .2rem .9rem; color: var(--soft); font-size: .9375rem; }
.eyebrow strong { color: var(--ink); }
h1 { font-size: clamp(2.3rem, 6.4vw, 3.9rem); letter-spacing: -.028em; font-weight: 680; margin: .5rem 0 .7rem; display: flex; gap: .32em; align-items: center; }
h1 .sign { flex: none; display: grid; place-items: center; width: 1.2em; height: 1.2em; border-radius: 50%; font-size: .62em; line-height: 1; background: var(--good-wash); }
h1.bad .sign { background: var(--bad-wash); } h1.unknown .sign { background: var(--unknown-wash); }
.lead { font-size: 1.125rem; max-width: 62ch; color: var(--ink); }
.proof { display: flex; flex-wrap: wrap; gap: .1rem .7rem; align-items: baseline; margin: 1.5rem 0 0; padding: .7rem 1rem; border: 1px solid var(--rule); border-radius: 8px; background: var(--panel); font-size: .9375rem; }
.proof.rehearsal { border-color: var(--unknown); color: var(--ink); background: repeating-linear-gradient(-45deg, var(--unknown-wash) 0 9px, transparent 9px 18px), var(--panel); }
.proof strong { letter-spacing: .01em; background: inherit; }
.proof.rehearsal > * { background: var(--panel); padding: .05em .45em; border-radius: 4px; }
.tally { display: grid; gap: 1.1rem 2.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); margin-top: 1.6rem; }
.tally h2 { font-size: .9375rem; font-weight: 600; letter-spacing: 0; margin: 0; }
.bar { display: flex; gap: 2px; height: .75rem; margin: .45rem 0 .5rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar span { min-width: 5px; border-radius: 2px; background: currentColor; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .875rem; color: var(--soft); }
.legend b { font-weight: 600; }
nav { border-block: 1px solid var(--rule); padding: .7rem 0; margin-bottom: 2.6rem; position: sticky; top: 0; background: var(--paper); z-index: 1; }
nav ul { display: flex; gap: .2rem 1.3rem; flex-wrap: wrap; font-size: .9375rem; }
nav a { text-decoration: none; white-space: nowrap; } nav a:hover { text-decoration: underline; }
nav .amount { color: var(--soft); margin-left: .25em; }
main > section { margin-bottom: 3.4rem; scroll-margin-top: 4rem; }
main > section > .soft:first-of-type { margin-bottom: 1.1rem; max-width: 68ch; }
[id] { scroll-margin-top: 4rem; }
footer { border-top: 1px solid var(--rule); padding-top: 1rem; color: var(--soft); font-size: .875rem; }
`

const parts = `
.card { background: var(--panel); border: 1px solid var(--rule); border-left: 4px solid currentColor; border-radius: 8px; padding: 1.1rem 1.3rem 1.2rem; margin-top: 1rem; }
.card > * { color: var(--ink); } .card > .soft, .card .soft { color: var(--soft); }
.card > header { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; justify-content: space-between; }
.card > header h3 { flex: 1 1 18rem; }
.card .names { display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .875rem; color: var(--soft); margin-top: .3rem; }
.finding { margin-top: .9rem; padding-top: .9rem; border-top: 1px solid var(--rule); }
.finding > h4 { font-size: .9375rem; display: flex; flex-wrap: wrap; gap: .2rem .7rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.1rem; margin-top: .5rem; }
.facts dt { color: var(--soft); font-size: .9375rem; } .facts dd { min-width: 0; }
.facts .remedy { font-weight: 560; }
pre { background: var(--code); border-radius: 6px; padding: .55rem .8rem; margin: .3rem 0 0; white-space: pre-wrap; }
.rows > li { padding: .65rem 0; border-top: 1px solid var(--rule); } .rows > li:last-child { border-bottom: 1px solid var(--rule); }
.drill-head { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: baseline; }
.misses { margin-top: .6rem; } .misses li { padding-left: 1.3em; text-indent: -1.3em; }
.timeline { display: block; margin: 1rem 0 .4rem; overflow: visible; }
.timeline text { font: 12.5px/1 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; fill: currentColor; font-variant-numeric: tabular-nums; }
.timeline .over-lines { paint-order: stroke; stroke: var(--panel); stroke-width: 5px; stroke-linejoin: round; }
.timeline .t-soft { fill: var(--soft); } .timeline .t-strong { font-weight: 600; }
.timeline .grid { stroke: var(--rule); stroke-width: 1; } .timeline .zero { stroke: var(--ink); stroke-width: 1.5; }
.timeline .track { fill: var(--quiet-wash); }
.timeline .good { fill: var(--good); } .timeline .bad { fill: var(--bad); } .timeline .unknown { fill: var(--unknown); } .timeline .quiet { fill: var(--quiet); } .timeline .waived { fill: var(--waived); }
.timeline .wash-quiet { fill: var(--quiet-wash); } .timeline .wash-bad { fill: var(--bad-wash); } .timeline .wash-good { fill: var(--good-wash); } .timeline .wash-waived { fill: var(--waived-wash); }
.timeline .reach { opacity: .28; }
.timeline .budget { stroke: var(--ink); stroke-width: 2; stroke-dasharray: 3 2; }
.timeline { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.again { margin-top: .55rem; }
.moments { font-size: .875rem; } .moments li { display: grid; grid-template-columns: 5.4em 4.6em 1fr; gap: .8em; padding: .18rem 0; }
.moments .at { text-align: right; color: var(--soft); } .moments .phase { color: var(--soft); }
`

const tables = `
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .6rem .9rem .6rem 0; border-top: 1px solid var(--rule); }
thead th { border-top: 0; color: var(--soft); font-size: .8125rem; font-weight: 600; padding-block: .2rem .4rem; overflow-wrap: normal; }
tbody th { font-weight: 400; }
td:last-child, th:last-child { padding-right: 0; }
.group th { font-weight: 650; font-size: 1rem; padding-top: 1.5rem; border-top: 0; text-transform: capitalize; }
.number { text-align: right; white-space: nowrap; } .nowrap { white-space: nowrap; }
.meter { width: 100%; min-width: 6rem; max-width: 12rem; height: 18px; margin: 0; overflow: visible; }
.against { min-width: 12rem; } .gauge > span { margin-left: auto; min-width: 3.4em; text-align: right; } .gauge { display: flex; gap: .4em; align-items: center; }
.drills tbody th { min-width: 14rem; }
.links { display: flex; flex-wrap: wrap; gap: .05rem .8rem; }
.links + .links { margin-top: .2rem; }
.clause { max-width: 34rem; } .clause code { font-weight: 600; }
fieldset { border: 0; margin: 0 0 .6rem; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem .5rem; }
fieldset label { border: 1px solid var(--rule); border-radius: 99px; padding: .18rem .85rem; font-size: .875rem; cursor: pointer; background: var(--panel); }
fieldset input { position: absolute; opacity: 0; }
fieldset label:has(:checked) { background: var(--ink); color: var(--paper); border-color: var(--ink); }
fieldset label:has(:focus-visible) { outline: 2px solid currentColor; outline-offset: 2px; }
section:has(#show-open:checked) tr[data-state]:not([data-open]) { display: none; }
section:has(#show-planned:checked) tr[data-state]:not([data-state=planned]) { display: none; }
section:has(#show-open:checked) tbody:not(:has([data-open])), section:has(#show-planned:checked) tbody:not(:has([data-state=planned])) { display: none; }
.subjects { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .875rem; }
.invariant { display: grid; grid-template-columns: 1.2em 1fr auto; gap: .1rem .7rem; }
.invariant > * { grid-column: 2; } .invariant > .sign { grid-column: 1; font-weight: 700; } .invariant > .count { grid-column: 3; grid-row: 1; white-space: nowrap; color: var(--soft); font-size: .9375rem; }
.verdicts h3 { margin: 1.6rem 0 .5rem; text-transform: capitalize; }
.options li { padding-left: 1.4em; text-indent: -1.4em; } .options .chosen { font-weight: 600; }
`

/** A table without room for its columns: a row becomes a block, a cell a line with its label. */
const stacked = (table: string): string => `
  ${table}, ${table} :is(tbody, tr, th, td) { display: block; } ${table} thead { display: none; }
  ${table} tbody tr { border-top: 1px solid var(--rule); padding: .7rem 0; } ${table} :is(th, td) { border: 0; padding: .12rem 0; min-width: 0; max-width: none; }
  ${table} td.number { text-align: left; } ${table} td[data-label]::before { content: attr(data-label) "  "; color: var(--soft); font-size: .8125rem; }`

const small = `
@media (max-width: 62rem) {${stacked('.drills')}
  .drills tbody tr { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; align-items: baseline; } .drills tbody th { flex: 1 1 auto; font-weight: 600; }
  .drills .against { flex: 1 1 100%; } .drills .against { display: flex; align-items: center; gap: .5em; } .gauge { flex: 1; } .drills .meter { max-width: none; flex: 1; } .drills [data-none] { display: none; }
}
@media (max-width: 46rem) {
  .page { padding-inline: 1rem; } .hero { padding-top: 1.5rem; }
  nav { position: static; } h2 { font-size: 1.35rem; }
  .card { padding: .9rem 1rem 1rem; }
  .facts { grid-template-columns: 1fr; gap: .05rem; } .facts dd + dt { margin-top: .45rem; } .facts dt { font-size: .8125rem; }
  ${stacked('table:not(.drills)')}
  .group, tbody .group { padding: .9rem 0 0; border: 0; } .group th { padding: 0; }
  .moments li { grid-template-columns: 4.6em 1fr; } .moments .phase { display: none; }
}
@media print {
  :root { ${light} --paper: #fff; }
  body { font-size: 10.5pt; } .page { max-width: none; padding: 0; } nav, fieldset, .skip { display: none; }
  .card, tr, .rows > li { break-inside: avoid; } h2, h3 { break-after: avoid; } .hero { padding-top: 0; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`

/** The whole style sheet. */
export const style = `:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
${base}${head}${parts}${tables}${small}`
