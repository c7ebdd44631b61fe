// What differs on a narrow screen and in print.
import { light } from './colours.ts'

/** A table without room for its columns: each cell becomes a line with its label. */
const stacked = (table: string): string => `
  ${table}, ${table} :is(tbody, tr, th, td) { display: block; }
  ${table} thead { display: none; }
  ${table} tbody tr { border-top: 1px solid var(--rule); padding: .7rem 0; }
  ${table} :is(th, td) { border: 0; padding: .12rem 0; min-width: 0; max-width: none; }
  ${table} td.number { text-align: left; }
  ${table} td[data-label]::before {
    content: attr(data-label) "  "; color: var(--soft); font-size: .8125rem;
  }`

export const media = `
@media (max-width: 62rem) {
  ${stacked('.drills')}
  .drills tbody tr { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; align-items: baseline; }
  .drills tbody th { flex: 1 1 auto; font-weight: 600; }
  .drills .against { flex: 1 1 100%; display: flex; align-items: center; gap: .5em; }
  .gauge { flex: 1; }
  .drills .meter { max-width: none; flex: 1; }
  .drills [data-none] { display: none; }
}
@media (max-width: 46rem) {
  .page { padding-inline: 1rem; }
  .hero { padding-top: 1.5rem; }
  nav { position: static; }
  h2 { font-size: 1.35rem; }
  .card { padding: .9rem 1rem 1rem; }
  .facts { grid-template-columns: 1fr; gap: .05rem; }
  .facts dd + dt { margin-top: .45rem; }
  .facts dt { font-size: .8125rem; }
  ${stacked('table:not(.drills)')}
  .group, tbody .group { padding: .9rem 0 0; border: 0; }
  .group th { padding: 0; }
  .log li { grid-template-columns: 4.6em 1fr; }
  .log .phase { display: none; }
}
@media print {
  :root { ${light} --paper: #fff; }
  body { font-size: 10.5pt; }
  .page { max-width: none; padding: 0; }
  nav, fieldset, .skip { display: none; }
  .card, tr, .rows > li { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .hero { padding-top: 0; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`
