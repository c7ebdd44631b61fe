// The sections of the page: cards, facts, timelines and logs.

export const sections = `
.card {
  background: var(--panel); border: 1px solid var(--rule); border-left: 4px solid currentColor;
  border-radius: 8px; padding: 1.1rem 1.3rem 1.2rem; margin-top: 1rem;
}
.card > * { color: var(--ink); }
.card > .soft, .card .soft { color: var(--soft); }
.card > header {
  display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline;
  justify-content: space-between;
}
.card > header h3 { flex: 1 1 18rem; }
.card .names {
  display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .875rem; color: var(--soft);
  margin-top: .3rem;
}
.finding { margin-top: .9rem; padding-top: .9rem; border-top: 1px solid var(--rule); }
.finding > h4 { font-size: .9375rem; display: flex; flex-wrap: wrap; gap: .2rem .7rem; }
.facts {
  display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.1rem; margin-top: .5rem;
}
.facts dt { color: var(--soft); font-size: .9375rem; }
.facts dd { min-width: 0; }
.facts .remedy { font-weight: 560; }
pre {
  background: var(--code); border-radius: 6px; padding: .55rem .8rem; margin: .3rem 0 0;
  white-space: pre-wrap;
}
.rows > li { padding: .65rem 0; border-top: 1px solid var(--rule); }
.rows > li:last-child { border-bottom: 1px solid var(--rule); }
.drill-head { display: flex; flex-wrap: wrap; gap: .2rem 1rem; align-items: baseline; }
.timeline { display: block; margin: 1rem 0 .4rem; overflow: visible; }
.timeline text {
  font: 12.5px/1 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif;
  fill: currentColor; font-variant-numeric: tabular-nums;
}
.timeline .over-lines {
  paint-order: stroke; stroke: var(--panel); stroke-width: 5px; stroke-linejoin: round;
}
.timeline .t-soft { fill: var(--soft); }
.timeline .t-strong { font-weight: 600; }
.timeline .grid { stroke: var(--rule); stroke-width: 1; }
.timeline .zero { stroke: var(--ink); stroke-width: 1.5; }
.timeline .track { fill: var(--quiet-wash); }
.timeline .good { fill: var(--good); }
.timeline .bad { fill: var(--bad); }
.timeline .unknown { fill: var(--unknown); }
.timeline .quiet { fill: var(--quiet); }
.timeline .waived { fill: var(--waived); }
.timeline .wash-quiet { fill: var(--quiet-wash); }
.timeline .wash-bad { fill: var(--bad-wash); }
.timeline .wash-good { fill: var(--good-wash); }
.timeline .wash-waived { fill: var(--waived-wash); }
.timeline .wait { opacity: .28; }
.timeline .budget { stroke: var(--ink); stroke-width: 2; stroke-dasharray: 3 2; }
.timeline { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.again { margin-top: .55rem; }
.log { font-size: .875rem; }
.log li { display: grid; grid-template-columns: 5.4em 4.6em 1fr; gap: .8em; padding: .18rem 0; }
.log .at { text-align: right; color: var(--soft); }
.log .phase { color: var(--soft); }
`
